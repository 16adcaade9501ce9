// Exact decimals: money and progress never pass through binary floating point.

import Testing

@testable import Providers

@Suite("Decimal texts")
struct DecimalTextTests {
  @Test(
    "an amount times a rate is exact micro-credits, rounded half up",
    arguments: [
      ("0.1", "0.2", Int64(20_000)), ("3", "0.5", 1_500_000), ("1.5", "1", 1_500_000),
      ("0.0000004", "1", 0), ("0.0000005", "1", 1), ("1e2", "0.01", 1_000_000),
      ("123456789012", "1", 123_456_789_012_000_000), ("0", "5", 0), ("1E-6", "1", 1),
      ("999999999999999999", "0.000001", 999_999_999_999_999_999),
      ("999999999999999999", "0.00000000001", 10_000_000_000_000),
    ])
  func product(_ amount: String, _ rate: String, _ expected: Int64) throws {
    let amount = try #require(DecimalText(amount))
    #expect(amount.millionths(times: try #require(DecimalText(rate))) == expected)
  }

  @Test("an amount beyond Int64 micro-credits is no amount")
  func overflow() throws {
    let huge = try #require(DecimalText("999999999999999999"))
    #expect(huge.millionths(times: huge) == nil)
    #expect(huge.millionths(times: DecimalText("1")!) == nil)
  }

  @Test(
    "a fraction of the whole is exact millionths, held within 0 and 1",
    arguments: [
      ("38", "100", 380_000), ("0.38", "1", 380_000), ("1", "3", 333_333),
      ("150", "100", 1_000_000),
      ("0", "100", 0), ("1e18", "1", 1_000_000), ("1e-18", "1", 0), ("99.99999", "100", 999_999),
      ("5", "1e2", 50_000),
    ])
  func fraction(_ part: String, _ whole: String, _ expected: Int) throws {
    let part = try #require(DecimalText(part))
    #expect(part.millionths(of: try #require(DecimalText(whole))) == expected)
  }

  @Test(
    "what is no plain quantity is refused",
    arguments: [
      "", "-1", "+1", ".5", "5.", "1e99", "1e", "e5", "NaN", "0x10", "1_000",
      "17454220438242315174",
      "1.2.3", "1e5e5", "٣", " 1",
    ])
  func refused(_ text: String) { #expect(DecimalText(text) == nil) }

  @Test(
    "seconds are rounded up and cut to a limit",
    arguments: [
      ("5", 5), ("0.2", 1), ("0", 0), ("1500e-3", 2), ("1e18", 100), ("101", 100), ("1e-18", 1),
      ("100.0", 100),
    ])
  func roundedUp(_ text: String, _ expected: Int) throws {
    #expect(try #require(DecimalText(text)).roundedUp(limit: 100) == expected)
  }
}
