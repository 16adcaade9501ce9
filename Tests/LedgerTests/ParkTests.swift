// Rule 9: parking, going on, and the handle that a person finds.

import Ledger
import Support
import Testing
import Wire

@Suite("Parking") struct ParkTests {
  private static let ways: [(JobState, [Action])] = [
    (.submitted, []), (.uncertain, [.start(), .doubt()]), (.dispatched, [.start(), .accept()]),
    (.running, [.start(), .accept(), .observe(.pending())]),
    // nobody will take the answer of a submit under way: it is in doubt, never sent again
    (.uncertain, [.start()]),
  ]

  @Test("unparking goes back to where it was", arguments: ways)
  func back(_ state: JobState, _ before: [Action]) throws {
    let scenario = try Scenario().given(.grant("100"), .submit())
    for action in before { try scenario.given(action) }
    try scenario.when(.park()).then(.jobParked)
    #expect(try scenario.job().nextAt == nil)
    try scenario.when(.unpark()).then(.jobUnparked)
    let job = try scenario.job()
    #expect(job.state == state && job.parkReason == nil && job.nextAt == scenario.clock.now)
  }

  @Test("parking twice, and unparking what is not parked, is refused")
  func twice() throws {
    let scenario = try Scenario().given(.grant("100"), .submit())
    try scenario.when(.unpark()).thenRefused(.conflict)
    try scenario.given(.park())
    let parked = scenario.position(of: .jobParked)
    try scenario.when(.park()).thenRefused(.conflict, naming: parked)
    try scenario.when(.check()).thenRefused(.conflict, naming: parked)
  }

  @Test("a verified verdict closes a parked job")
  func verdict() throws {
    let scenario = try Scenario().given(
      .grant("100"), .submit(), .start(), .accept(), .park())
    try scenario.when(.observe(.pending())).then(.jobPolled)
    #expect(try scenario.job().state == .parked)
    try scenario.when(.observe(.succeeded())).then(.jobPolled, .jobSucceeded, .captured("5"))
    #expect(try scenario.job().parkReason == nil)
  }

  @Test(
    "a found handle is attached without a new hold",
    arguments: [
      [Action.start(), .doubt()], [.start(), .doubt(reconcileAt: nil)], [.start(), .park()],
    ])
  func attach(_ before: [Action]) throws {
    let scenario = try Scenario().given(.grant("100"), .submit())
    for action in before { try scenario.given(action) }
    try scenario.when(.track(external: "found", hold: nil)).then(.jobDispatched)
    let job = try scenario.job()
    #expect(job.state == .dispatched && job.parkReason == nil)
    #expect(job.nextAt == scenario.clock.now)
    #expect(try scenario.account().held == Credits("5"))
  }

  @Test("an incomplete handle is completed by the job's own track; a complete one is not replaced")
  func complete() throws {
    let scenario = try Scenario().given(.grant("100"), .track(), .park("j1", .handleIncomplete))
    try scenario.when(.track(hold: nil)).then(.jobDispatched)
    let job = try scenario.job()
    #expect(job.state == .dispatched && job.parkReason == nil)
    #expect(job.nextAt == scenario.clock.now)
    try scenario.given(.park()).when(.track(external: "p2", hold: nil))
      .thenRefused(.conflict, naming: scenario.position(of: .jobDispatched))
  }

  @Test("a handle is not attached to a job that has one, or was never sent")
  func attachRefused() throws {
    let scenario = try Scenario().given(.grant("100"), .submit())
    try scenario.when(.track(external: "found", hold: nil))
      .thenRefused(.conflict, naming: scenario.position(of: .jobSubmitted))
    try scenario.given(.start(), .accept())
    try scenario.when(.track(external: "found", hold: nil))
      .thenRefused(.conflict, naming: scenario.position(of: .jobDispatched))
    try scenario.given(.park())
    try scenario.when(.track(external: "found", hold: nil))
      .thenRefused(.conflict, naming: scenario.position(of: .jobDispatched))
  }

  @Test("another job's handle is not attached, naming its owner")
  func attachOwned() throws {
    let scenario = try Scenario().given(.grant("100"), .track("owner", external: "p1"))
    let owner = scenario.position(of: .jobSubmitted)
    try scenario.given(.submit(), .start(), .doubt())
    try scenario.when(.track(external: "p1", hold: nil)).thenRefused(.conflict, naming: owner)
  }
}
