// Rows of an app's own job table: what they become, and that they become it once.

import Ledger
import Support
import Testing
import Wire

@Suite("Imported rows") struct ImportRowTests {
  private func row(
    _ name: String = "jobs/1", id: String = "j1", external: String? = "p1", hold: String = "0",
    charged: String? = nil
  ) -> Action {
    .importRow(
      ImportedRow(
        row: name,
        submission: Submission(
          id: id, account: "acme", provider: "replicate", hold: Credits(hold)!),
        handle: external.map { FoundHandle(externalID: $0) }, charged: charged.map { Credits($0)! })
    )
  }

  @Test("a row with a handle is dispatched, due at once, and marked")
  func tracked() throws {
    let scenario = try Scenario()
    try scenario.when(row(charged: "3"))
      .then(.accountOpened, .jobSubmitted, .held("0"), .jobDispatched)
    let job = try scenario.job()
    #expect(job.state == .dispatched && job.nextAt == scenario.clock.now)
    #expect(scenario.history.allSatisfy { $0.header.flags.contains(.imported) })
    guard
      case .jobSubmitted(let body)? = scenario.history.first(where: { event in
        event.event.type == .jobSubmitted
      })?.event
    else { throw CancellationError() }
    #expect(body.imported == "jobs/1" && body.charged == Credits("3"))
    try scenario.when(.observe(.succeeded())).then(.jobPolled, .jobSucceeded, .captured("0"))
    #expect(scenario.history.last?.header.flags.contains(.imported) == false)
  }

  @Test("a row without a handle is parked, and a handle found later goes on from there")
  func parked() throws {
    let scenario = try Scenario().given(.grant("10"))
    try scenario.when(row(external: nil, hold: "4")).then(
      .jobSubmitted, .held("4"), .jobDispatchStarted, .jobDispatchUncertain, .jobParked)
    let job = try scenario.job()
    #expect(job.state == .parked && job.nextAt == nil)
    try scenario.when(.track(hold: nil)).then(.jobDispatched)
    try scenario.when(.observe(.succeeded())).then(.jobPolled, .jobSucceeded, .captured("4"))
  }

  @Test("the same row adds nothing, whatever else it says by now")
  func again() throws {
    let scenario = try Scenario().given(row())
    try scenario.when(row(external: nil))
      .thenRepeats(try scenario.head())
    try scenario.when(row("jobs/2"))
      .thenRefused(.conflict, naming: scenario.position(of: .jobSubmitted))
    try scenario.when(row("jobs/2", id: "j2"))
      .thenRefused(.conflict, naming: scenario.position(of: .jobSubmitted))
  }

  @Test("what was charged already is not held again")
  func twice() throws {
    let scenario = try Scenario().given(.grant("10"))
    try scenario.when(row(hold: "1", charged: "1")).thenRefused(.invalid)
  }

  @Test("a rehearsal answers and writes nothing")
  func rehearsal() throws {
    let scenario = try Scenario()
    let commands = [row(), row(), row("jobs/2", id: "j2")].map { Command($0, actor: .cli) }
    let results = try scenario.books.append(commands, isRehearsal: true)
    #expect(try results[0].get().isRepeated == false)
    #expect(try results[1].get().isRepeated == true)
    #expect(throws: Refusal.self) { try results[2].get() }
    #expect(try scenario.head() == 1)
    try scenario.when(row()).then(.accountOpened, .jobSubmitted, .held("0"), .jobDispatched)
  }
}
