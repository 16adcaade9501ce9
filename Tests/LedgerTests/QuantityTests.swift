// What providers bill, exactly.

import Support
import Testing

@testable import Ledger

@Suite("Quantities", .seeded) struct QuantityTests {
  @Test(
    "reads what invoices say and writes the shortest exact decimal",
    arguments: [
      ("27", "27"), ("0.2", "0.2"), ("-3.50", "-3.5"), ("+1", "1"), ("007", "7"), ("0", "0"),
      ("-0.0", "0"), ("0.000000000001", "0.000000000001"), ("5e-05", "0.00005"),
      ("1.5E2", "150"), ("0.10000000000000000", "0.1"), ("999999999999999.999999999999", nil),
      ("1e12", "1000000000000"), ("0e30", "0"),
    ])
  func reads(_ text: String, _ expected: String?) {
    #expect(Quantity(text)?.description == expected ?? text)
  }

  @Test(
    "refuses what is no exact decimal within the bounds",
    arguments: [
      "", "-", ".5", "5.", "1,5", "1.2.3", "0x10", "1e", "1e31", "1e15", "nan", "inf", "$5", " 5",
      "1e-13", "0.0000000000001", "1000000000000000", "٣", "1e5e5", "--1",
      "0.00000000000000000000000000000000000000000000000000000000000001",
    ])
  func refuses(_ text: String) {
    #expect(Quantity(text) == nil)
  }

  @Test("in credits at a rate, rounded half away from zero; nothing where it is too much")
  func rated() {
    func credits(_ quantity: String, _ rate: String) -> Credits? {
      Quantity(quantity)?.credits(at: Credits(rate)!)
    }
    #expect(credits("2.5", "10") == Credits("25"))
    #expect(credits("0.0000005", "1") == Credits("0.000001"))
    #expect(credits("-0.0000005", "1") == Credits("-0.000001"))
    #expect(credits("0.00000049", "1") == .zero)
    #expect(credits("999999999999999", "1000000000000") == nil)
    #expect(credits("999999999999999", "1") == nil)
  }

  @Test("text and sums are exact")
  func exact() {
    var random = Seed.generator(for: "quantities")
    var sum = Quantity.zero
    var trillionths: Int128 = 0
    for _ in 0..<1000 {
      let value = Int128(Int64.random(in: -1_000_000_000...1_000_000_000, using: &random)) * 1_001
      let quantity = Quantity(trillionths: value)
      #expect(Quantity(quantity.description) == quantity)
      sum += quantity
      trillionths += value
    }
    #expect(sum.trillionths == trillionths)
  }
}
