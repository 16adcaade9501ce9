// Rule 6: overdue is no verdict; the hold's own end is. And looking now.

import Ledger
import Support
import Testing
import Wire

@Suite("Patience") struct PatienceTests {
  @Test("our patience ended: overdue, hold kept, polled on")
  func overdue() throws {
    let scenario = try Scenario().given(
      .grant("100"), .submit(patience: 60_000), .start(), .accept())
    scenario.clock.step(seconds: 59)
    try scenario.when(.observe(.pending())).then(.jobPolled)
    scenario.clock.step(seconds: 1)
    let later = scenario.clock.after(seconds: 30)
    try scenario.when(.observe(.pending(at: later))).then(.jobPolled, .jobOverdue)
    let job = try scenario.job()
    #expect(job.state == .overdue && job.nextAt == later)
    try scenario.when(.observe(.pending())).then(.jobPolled)
    #expect(try scenario.job().state == .overdue)
    #expect(try scenario.account().held == Credits("5"))
    try scenario.when(.observe(.succeeded())).then(.jobPolled, .jobSucceeded, .captured("5"))
  }

  @Test("patience counts from the dispatch, not from the submit")
  func counting() throws {
    let scenario = try Scenario().given(.grant("100"), .submit(patience: 60_000))
    scenario.clock.step(seconds: 3600)
    try scenario.given(.start(), .accept())
    try scenario.when(.observe(.pending())).then(.jobPolled)
    #expect(try scenario.job().state == .running)
  }

  @Test("the job's own patience goes before the profile's")
  func ownPatience() throws {
    let scenario = try Scenario().given(
      .grant("100"), .submit(patience: 1000), .start(), .accept(patience: 60_000))
    scenario.clock.step(seconds: 2)
    try scenario.when(.observe(.pending())).then(.jobPolled, .jobOverdue)
  }

  private static let openStates: [[Action]] = [
    [], [.start()], [.start(), .doubt()], [.start(), .accept()],
    [.start(), .accept(), .observe(.pending())], [.park()], [.start(), .doubt(reconcileAt: nil)],
  ]

  @Test("the hold's end expires a job in every open state", arguments: openStates)
  func holdEnd(_ before: [Action]) throws {
    let scenario = try Scenario()
    let end = scenario.clock.after(seconds: 60)
    try scenario.given(.grant("100"), .submit(holdExpires: end))
    for action in before { try scenario.given(action) }
    scenario.clock.step(seconds: 59)
    try scenario.when(.expire())
      .thenRefused(.conflict, naming: scenario.position(of: .jobSubmitted))
    scenario.clock.step(seconds: 1)
    try scenario.when(.expire()).then(.jobExpired, .released("5"))
    #expect(try scenario.job().state == .expired)
    #expect(try scenario.account().available == Credits("100"))
  }

  @Test("a job without an end never expires")
  func noEnd() throws {
    let scenario = try Scenario().given(.grant("100"), .submit())
    scenario.clock.step(seconds: 1e9)
    try scenario.when(.expire())
      .thenRefused(.conflict, naming: scenario.position(of: .jobSubmitted))
  }

  @Test("the hold's end makes a job due, whatever else it waits for")
  func due() throws {
    let scenario = try Scenario()
    let end = scenario.clock.after(seconds: 60)
    try scenario.given(
      .grant("100"), .submit(holdExpires: end), .start(),
      .accept(at: scenario.clock.after(seconds: 3600)))
    #expect(try scenario.books.read { try $0.nextDue(after: scenario.clock.now) } == end)
    #expect(try scenario.books.read { try $0.due(through: end, limit: 9).count } == 1)
  }

  @Test("a check makes the job due now")
  func check() throws {
    let scenario = try Scenario().given(
      .grant("100"), .submit(), .start(), .accept(at: .epoch))
    scenario.clock.step(seconds: 5)
    try scenario.when(.check()).then(.jobCheckRequested)
    #expect(try scenario.job().nextAt == scenario.clock.now)
  }

  @Test("a check does not hurry a submit under way")
  func checkDispatching() throws {
    let later = Timestamp(microseconds: 9_000_000_000_000_000)
    let scenario = try Scenario().given(.grant("100"), .submit(), .start(at: later))
    try scenario.when(.check()).then(.jobCheckRequested)
    #expect(try scenario.job().nextAt == later)
  }

  @Test("a check of an ended job looks once more")
  func checkEnded() throws {
    let scenario = try Scenario().given(
      .grant("100"), .submit(), .start(), .accept(), .observe(.failed()))
    try scenario.when(.check()).then(.jobCheckRequested)
    #expect(try scenario.job().nextAt == scenario.clock.now)
    try scenario.when(.observe(.failed())).then(.jobPolled)
    #expect(try scenario.job().nextAt == nil)
  }

  @Test("recorded time never goes back, whatever the clock does")
  func clockBackwards() throws {
    let scenario = try Scenario().given(.grant("100"))
    scenario.clock.step(seconds: -7200)
    try scenario.given(.submit(), .start())
    scenario.clock.step(seconds: 60)
    try scenario.given(.accept())
    let times = scenario.history.map(\.time)
    #expect(times == times.sorted())
  }
}
