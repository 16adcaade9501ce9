// Lines of providers' invoices in the books: each once, found by their job, and known from when to
// when they reach.

import Support
import Testing
import Wire

@testable import Ledger

@Suite("Recorded invoices") struct BillsTests {
  private func time(_ seconds: Int64) -> Timestamp { Timestamp(microseconds: seconds * 1_000_000) }

  private func line(
    _ id: String, _ quantity: String = "1.5", at seconds: Int64? = nil, job: String? = nil
  ) -> BilledLine {
    BilledLine(
      number: 2, lineID: id, quantity: Quantity(quantity)!, unit: "credits",
      billedAt: seconds.map(time), job: job.map { ($0, .exact) }, row: ["id": .string(id)])
  }

  private func bill(_ lines: BilledLine..., provider: String = "replicate") -> Action {
    .bill(Billing(provider: provider, lines: lines))
  }

  @Test("a line is recorded once, and what is new beside it still is")
  func once() throws {
    let books = try Scenario()
    let first = try books.when(bill(line("L1"), line("L2"))).result.get()
    #expect(first.events.map(\.event.type) == [.providerBilled, .providerBilled])
    try books.when(bill(line("L2"), line("L1"))).thenRepeats(first.position)
    let more = try books.when(bill(line("L1"), line("L3"))).result.get()
    #expect(more.events.count == 1)
    // Another provider's lines are other lines.
    #expect(try books.when(bill(line("L1"), provider: "fal")).result.get().events.count == 1)
    let found = try books.books.read { try $0.bill(provider: "replicate", lineID: "L2") }
    #expect(found?.position == first.position)
    #expect(try books.books.read { try $0.bill(provider: "nobody", lineID: "L2") } == nil)
  }

  @Test(
    "other content under the same id is a conflict that names line and position",
    arguments: [("2", 5 as Int64?), ("1.5", 6), ("1.5", nil)])
  func conflict(_ quantity: String, _ seconds: Int64?) throws {
    let books = try Scenario()
    let first = try books.when(bill(line("L1", at: 5))).result.get()
    try books.when(bill(line("L1", "1.50", at: 5))).thenRepeats(first.position)
    let outcome = try books.when(bill(line("L0", at: 4), line("L1", quantity, at: seconds)))
    outcome.thenRefused(.conflict, naming: first.position)
    guard case .failure(let refusal) = outcome.result else { return }
    #expect(refusal.message.hasPrefix("line 2: L1 is recorded as 1.5 credits"), "\(refusal)")
    #expect(try books.books.read { try $0.bill(provider: "replicate", lineID: "L0") } == nil)
  }

  @Test("a job's lines are those matched with it, and those that name its handle before it came")
  func ofAJob() throws {
    let books = try Scenario().given(.grant("20"), .submit(), .start(), .accept())
    try books.given(bill(line("p1"), line("L1", job: "j1"), line("other")))
    let lines = try books.books.read { try $0.bills(of: try #require(try $0.jobNumber("j1"))) }
    let ids = lines.map { event in
      if case .providerBilled(let body) = event.event { body.lineID } else { "" }
    }
    #expect(ids == ["p1", "L1"])
  }

  @Test("the lines of one invoice cover what lies between them; two invoices leave their gap")
  func period() throws {
    let books = try Scenario()
    let first = try books.when(bill(line("a", at: 10), line("b", at: 20))).result.get()
    let cause = first.events[0].position
    let command = Command(bill(line("c", at: 30)), actor: .cli, cause: cause)
    _ = try books.books.append(command)
    try books.given(bill(line("d", at: 50), line("e", at: 60), line("f")))
    let period = try books.books.read { try $0.billedPeriod(provider: "replicate") }
    #expect(period.spans.map(\.range) == [time(10)...time(30), time(50)...time(60)])
    #expect(period.covering(time(10)...time(30))?.unmatched == 3)
    #expect(period.covering(time(20)...time(55)) == nil)
    #expect(try books.books.read { try $0.billedPeriod(provider: "fal") }.spans.isEmpty)
    #expect(
      BilledPeriod([BilledSpan(time(5)...time(9)), BilledSpan(time(1)...time(5))])
        .spans.map(\.range) == [time(1)...time(9)])
  }

  @Test("a replay finds the same lines")
  func replayed() throws {
    let books = try Scenario().given(.grant("20"), .submit(), .start(), .accept())
    try books.given(bill(line("a", at: 10, job: "j1"), line("b", at: 20)))
    try books.given(bill(line("a", at: 10, job: "j1"), line("c", at: 30)))
    let report = try books.books.replay(.swap)
    #expect(report.differences == [])
    #expect(report.digest.projections.contains { $0.name == "bills" })
    let period = try books.books.read { try $0.billedPeriod(provider: "replicate") }
    #expect(period.spans.map(\.range) == [time(10)...time(20), time(30)...time(30)])
  }

  @Test("lines beyond the bounds are refused")
  func bounds() throws {
    let books = try Scenario()
    var wide = line("L1")
    wide.row = ["x": .string(String(repeating: "x", count: Limits.invoiceRowBytes))]
    var many: [BilledLine] = []
    for number in 0...Limits.groupEvents { many.append(line("\(number)")) }
    let refused = [
      [], [line("L1"), line("L1")], [line("")], [wide], many,
      [line(String(repeating: "i", count: Limits.wordBytes + 1))],
    ]
    for lines in refused {
      try books.when(.bill(Billing(provider: "p", lines: lines))).thenRefused(.invalid)
    }
    try books.when(bill(line("L1", job: "nobody"))).thenRefused(.notFound)
  }
}
