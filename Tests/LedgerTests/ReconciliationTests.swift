// An invoice against what we sent: every line at most one job's, every job's lines found, and
// nothing said that the two sides do not prove.

import Support
import Testing
import Wire

@testable import Ledger

@Suite("Reconciliation", .seeded) struct ReconciliationTests {
  private static func time(_ seconds: Double) -> Timestamp {
    Timestamp(microseconds: 1_000_000_000).advanced(seconds: seconds)
  }

  static func line(
    _ number: Int, _ external: String? = nil, _ quantity: String = "2", at: Double? = nil,
    model: String? = nil, unit: String = "credits"
  ) -> InvoiceLine {
    InvoiceLine(
      number: number, id: "L\(number)", externalID: external, model: model,
      quantity: Quantity(quantity)!, unit: unit, amount: nil, currency: nil,
      billedAt: at.map(time), row: nil)
  }

  static func call(
    _ number: UInt64, _ external: String? = nil, sent: Double? = nil, ended: Double? = nil,
    state: JobState = .succeeded, hold: String = "5", captured: String = "5",
    charged: String? = nil, price: String? = nil, model: String? = nil, undated: Bool = false,
    failure: FailureClass? = nil
  ) -> Call {
    Call(
      number: number, job: "j\(number)", account: "acme", step: 0, externalID: external,
      model: model, sent: sent.map(time), ended: ended.map(time), state: state, failure: failure,
      isUndated: undated, hold: Credits(hold)!, captured: Credits(captured)!,
      kept: Credits(captured)!, charged: charged.map { Credits($0)! },
      price: price.map { Credits($0)! })
  }

  private func compare(
    _ lines: [InvoiceLine], _ calls: [Call],
    _ change: (inout ReconciliationTerms) -> Void = { _ in }
  ) -> Reconciliation {
    var invoice = Invoice()
    invoice.lines = lines
    var terms = ReconciliationTerms()
    change(&terms)
    return Reconciliation(invoice, calls, terms)
  }

  private typealias This = ReconciliationTests

  @Test("by the provider's id: matched, theirs only, several lines of one job together")
  func exact() {
    let result = compare(
      [This.line(1, "a"), This.line(2, "x"), This.line(3, "a", "0.5")],
      [This.call(1, "a"), This.call(2, "b")])
    #expect(result.entries.map(\.kind) == [.matched, .theirsOnly])
    #expect(result.entries[0].lines == [0, 2] && result.entries[0].certainty == .exact)
    #expect(result.entries[0].quantity == Quantity("2.5") && result.entries[1].call == nil)
    #expect(result.findings == 1)
  }

  @Test("billed, and nobody paid; a job without a price says nothing, a line of nothing neither")
  func billed() {
    let lines = [This.line(1, "a"), This.line(2, "b"), This.line(3, "c", "0"), This.line(4, "d")]
    let result = compare(
      lines,
      [
        This.call(1, "a", state: .failed, captured: "0"),
        This.call(2, "b", state: .failed, hold: "0", captured: "0"),
        This.call(3, "c", state: .failed, captured: "0"),
        This.call(4, "d", state: .running, captured: "0"),
      ])
    #expect(
      result.entries.map(\.kind) == [
        .billedWithoutCapture, .matched, .matched, .billedWithoutCapture,
      ])
  }

  @Test("paid and not billed only where the invoice covers the whole run")
  func captured() {
    let lines = [This.line(1, "x", at: 0), This.line(2, "y", at: 100)]
    let others = [This.call(1, "x"), This.call(2, "y")]
    func kinds(
      _ call: Call, _ change: (inout ReconciliationTerms) -> Void = { _ in }
    ) -> [ReconciliationClass] {
      compare(lines, others + [call], change).entries.dropFirst(2).map(\.kind)
    }
    #expect(kinds(This.call(3, "a", sent: 10, ended: 20)) == [.capturedNotBilled])
    #expect(kinds(This.call(3, "a", sent: 10, ended: 20, undated: true)) == [])
    #expect(kinds(This.call(3, "a", sent: -1, ended: 20)) == [])
    #expect(kinds(This.call(3, "a", sent: 10, ended: 101)) == [])
    #expect(kinds(This.call(3, "a", sent: 10, state: .running)) == [])
    #expect(kinds(This.call(3, "a", sent: 10, ended: 20, hold: "0", captured: "0")) == [.oursOnly])
    #expect(
      kinds(This.call(3, "a", sent: 10, ended: 20, captured: "0", charged: "1"))
        == [.capturedNotBilled])
    // A failure costs nothing, unless the profile says that it does.
    let failed = This.call(
      3, "a", sent: 10, ended: 20, state: .failed, captured: "0", failure: .providerFailed)
    #expect(kinds(failed) == [])
    #expect(kinds(failed) { $0.billedFailures = [.providerFailed] } == [.oursOnly])
    // What the user says of the invoice's time rules; lines outside are not looked at.
    let early = This.call(3, "a", sent: -10, ended: 20)
    #expect(kinds(early) { $0.since = This.time(-20) } == [.capturedNotBilled])
    let cut = compare(lines, others) { $0.until = This.time(50) }
    #expect(cut.lines.count == 1 && cut.period == This.time(0)...This.time(50))
  }

  @Test("amounts are compared only at a rate that somebody gave")
  func amounts() {
    let lines = [This.line(1, "a"), This.line(2, "b"), This.line(3, "c")]
    let calls = [
      This.call(1, "a", price: "4"), This.call(2, "b", hold: "0", captured: "0", charged: "5"),
      This.call(3, "c"),
    ]
    #expect(compare(lines, calls).findings == 0)
    let rated = compare(lines, calls) { $0.rate = Credits("2") }
    #expect(rated.entries.map(\.kind) == [.matched, .amountsDiffer, .matched])
    #expect(rated.entries[1].expected == Credits("5"))
    // Two units cannot be added up, so nothing is said of their sum.
    let units = compare([lines[0], This.line(4, "a", "9", unit: "images")], calls) {
      $0.rate = Credits("2")
    }
    #expect(units.findings == 0 && units.entries.map(\.credits.description) == ["5", "0"])
  }

  @Test("without an id: the nearest of the same model within the window, probably, one to one")
  func probable() {
    let calls = [
      This.call(1, "a", ended: 100, model: "m"), This.call(2, "b", ended: 110, model: "m"),
      This.call(3, "c", ended: 101, model: "other"), This.call(4, "d", ended: 5000, model: "m"),
    ]
    let result = compare(
      [
        This.line(1, at: 109, model: "M"), This.line(2, at: 108, model: "m"),
        This.line(3, at: 107, model: "m"), This.line(4, at: 5601, model: "m"),
        This.line(5, model: "m"),
      ], calls)
    #expect(
      result.entries.map(\.kind) == [.matched, .theirsOnly, .matched, .theirsOnly, .theirsOnly])
    #expect(result.entries.map(\.certainty).prefix(3) == [.probable, nil, .probable])
    // 109 and 110 are each other's nearest; of the two that are left 107 is nearer to 100.
    #expect(result.entries[0].call == 1 && result.entries[2].call == 0)
    let wide = compare([This.line(4, at: 5601, model: "m")], calls) { $0.windowSeconds = 601 }
    #expect(wide.entries.first?.call == 3)
    let alias = compare([This.line(1, at: 100, model: "m")], [This.call(1, ended: 100, model: "s")])
    {
      $0.modelAliases = ["s": "m"]
    }
    #expect(alias.findings == 0)
  }

  @Test("a line whose id nobody knows may be of a submit whose answer was lost, and of no other")
  func lost() {
    let calls = [
      This.call(1, "a", ended: 100), This.call(2, sent: 90, state: .parked, captured: "0"),
    ]
    let result = compare([This.line(1, "new", at: 100), This.line(2, "newer", at: 101)], calls)
    #expect(result.entries.map(\.call) == [1, nil])
    #expect(result.entries[0].kind == .billedWithoutCapture)
    #expect(result.entries[0].certainty == .probable)
  }

  @Test("margins are by model and unit, with a cost only at a rate")
  func margins() {
    let result = compare(
      [
        This.line(1, "a", "1.5"), This.line(2, "b", "0.5"), This.line(3, "x", "7", model: "n"),
      ], [This.call(1, "a", model: "m"), This.call(2, "b", captured: "3", model: "m")])
    let plain = result.margins(rate: nil)
    #expect(plain.map(\.model) == ["m", "n"] && plain.allSatisfy { $0.margin == nil })
    #expect(plain[0].calls == 2 && plain[0].quantity == Quantity("2"))
    #expect(plain[0].income == Quantity("8") && plain[1].unknown == 1)
    let rated = result.margins(rate: Credits("3")!)
    #expect(rated.map { $0.margin?.description } == ["2", "-21"])
  }

  @Test("random times: one to one, within the window, never worse than leaving a near pair apart")
  func random() {
    var random = Seed.generator(for: "nearest")
    for _ in 0..<200 {
      func times() -> [Int64] {
        (0..<Int.random(in: 0...30, using: &random)).map { _ in
          Int64.random(in: 0...60, using: &random)
        }.sorted()
      }
      let (lines, calls) = (times(), times())
      let pairs = NearestMatch(lines: lines, calls: calls, windowMicroseconds: 5).pairs
      #expect(Set(pairs.map(\.line)).count == pairs.count)
      #expect(Set(pairs.map(\.call)).count == pairs.count)
      #expect(pairs.allSatisfy { abs(lines[$0.line] - calls[$0.call]) <= 5 })
      // Whoever is left has nobody left within the window.
      let (usedLines, usedCalls) = (Set(pairs.map(\.line)), Set(pairs.map(\.call)))
      for line in lines.indices where !usedLines.contains(line) {
        for call in calls.indices where !usedCalls.contains(call) {
          #expect(abs(lines[line] - calls[call]) > 5)
        }
      }
      let again = NearestMatch(lines: lines, calls: calls, windowMicroseconds: 5).pairs
      #expect(pairs.map(\.call) == again.map(\.call))
    }
    let far = NearestMatch(lines: [.min, .max], calls: [.max], windowMicroseconds: .max).pairs
    #expect(far.map(\.line) == [1])
  }

  @Test("random invoices: every line is in one entry, every call in entries of one match")
  func everyLine() {
    var random = Seed.generator(for: "reconciliation")
    for _ in 0..<100 {
      let ids = (0..<20).map { "r\($0)" }
      let calls = (0..<15).map { index in
        This.call(
          UInt64(index), Bool.random(using: &random) ? ids[index] : nil,
          sent: Double.random(in: 0...50, using: &random),
          ended: Double.random(in: 50...90, using: &random))
      }
      let lines = (0..<25).map { index in
        This.line(
          index, Bool.random(using: &random) ? ids.randomElement(using: &random) : nil,
          at: Double.random(in: 0...100, using: &random))
      }
      let result = compare(lines, calls)
      #expect(result.entries.flatMap(\.lines).sorted() == Array(lines.indices))
      let owners = result.entries.compactMap(\.call)
      #expect(Set(owners).count == owners.count)
    }
  }
}
