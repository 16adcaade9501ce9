// "Money": capture_on = stored, and outputs being saved of jobs that have their verdict.

import Ledger
import Support
import Testing
import Wire

@Suite("Storing outputs") struct StoreTests {
  private func running(capture: String = "stored") throws -> Scenario {
    try Scenario().given(
      .grant("100"), .policy("store", "s3://bucket"), .policy("capture_on", capture), .submit(),
      .start(), .accept())
  }

  @Test("the job stays storing; succeeded and captured commit together with the last stored")
  func lastStored() throws {
    let scenario = try running()
    try scenario.when(.observe(.succeeded(outputs: 2, charge: "3"))).then(.jobPolled, .jobStoring)
    var job = try scenario.job()
    #expect(job.state == .storing && job.nextAt == scenario.clock.now && job.outputCount == 2)
    #expect(try scenario.account().held == Credits("5"))
    let later = scenario.clock.after(seconds: 60)
    try scenario.when(.startStore(at: later)).then(.jobStoring)
    job = try scenario.job()
    #expect(job.storeAttempts == 1 && job.nextAt == later)
    try scenario.when(.stored(0)).then(.jobStored)
    #expect(try scenario.job().state == .storing)
    try scenario.when(.stored(1))
      .then(.jobStored, .jobSucceeded, .captured("3"), .released("2"))
    job = try scenario.job()
    #expect(job.state == .succeeded && job.nextAt == nil && !job.isSaving)
    guard
      case .jobSucceeded(let body)? = scenario.history.last(where: {
        $0.event.type == .jobSucceeded
      })?.event
    else {
      Issue.record("no verdict")
      return
    }
    #expect(body.outputCount == 2 && body.charge == Credits("3"))
    let status = try scenario.books.read { try $0.status(job: "j1", now: scenario.clock.now) }
    #expect(status?.outputs.first?["url"] == "https://files.example/0.mp4")
    #expect(status?.outputs.last?["stored"]?["key"] == "out/1")
    #expect(status?.outputs.last?["stored"]?["url"] == "s3://bucket/out/1")
    try scenario.given(.policy("store_url", "https://cdn.example"))
    let shown = try scenario.books.read { try $0.status(job: "j1", now: scenario.clock.now) }
    #expect(shown?.outputs.last?["stored"]?["url"] == "https://cdn.example/out/1")
  }

  @Test("outputs are saved one after the other; one that is saved is not saved twice")
  func order() throws {
    let scenario = try running().given(.observe(.succeeded(outputs: 2)))
    let storing = scenario.position(of: .jobStoring)
    try scenario.when(.stored(1)).thenRefused(.conflict, naming: storing)
    try scenario.given(.stored(0))
    try scenario.when(.stored(0)).thenRefused(.conflict, naming: storing)
    try scenario.given(.stored(1))
    try scenario.when(.stored(1)).thenRefused(.conflict, naming: storing)
  }

  @Test("store_failed retries; when the provider forgets, parked as output_lost, hold kept")
  func lost() throws {
    let scenario = try running().given(.observe(.succeeded()))
    let later = scenario.clock.after(seconds: 60)
    try scenario.when(.storeFailed(retryAt: later)).then(.jobStoreFailed)
    #expect(try scenario.job().nextAt == later && scenario.job().state == .storing)
    try scenario.when(.storeFailed()).then(.jobStoreFailed, .jobParked)
    let job = try scenario.job()
    #expect(job.state == .parked && job.parkReason == .outputLost && job.openHold == Credits("5"))
    try scenario.when(.observe(.failed())).then(.jobPolled)
    try scenario.when(.unpark()).then(.jobUnparked)
    #expect(try scenario.job().state == .storing)
    try scenario.given(.storeFailed())
    try scenario.when(.resolve(as: .succeeded)).then(.jobResolved, .jobSucceeded, .captured("5"))
  }

  @Test("the hold's end does not touch a job that is being stored, nor one whose output is lost")
  func noEnd() throws {
    let scenario = try Scenario()
    let end = scenario.clock.after(seconds: 10)
    try scenario.given(
      .grant("100"), .policy("store", "s3://bucket"), .policy("capture_on", "stored"),
      .submit(holdExpires: end), .start(), .accept(), .observe(.succeeded()))
    scenario.clock.step(seconds: 20)
    let submitted = scenario.position(of: .jobSubmitted)
    try scenario.when(.expire()).thenRefused(.conflict, naming: submitted)
    try scenario.given(.storeFailed())
    try scenario.when(.expire()).thenRefused(.conflict, naming: submitted)
    #expect(try scenario.job().dueAt == nil)
  }

  @Test(
    "whatever the provider says while its outputs are stored is noted and changes nothing",
    arguments: [Observation.failed(), .canceled(), .succeeded(), .pending(), .unknown()])
  func absorbs(_ word: Observation) throws {
    let scenario = try running().given(.observe(.succeeded()))
    try scenario.when(.observe(word)).then(.jobPolled)
    #expect(try scenario.job().state == .storing && scenario.job().nextAt != nil)
    try scenario.when(.stored()).then(.jobStored, .jobSucceeded, .captured("5"))
  }

  @Test("by default the job has succeeded and is paid while its outputs are being stored")
  func afterwards() throws {
    let scenario = try running(capture: "succeeded")
    try scenario.when(.observe(.succeeded(outputs: 2)))
      .then(.jobPolled, .jobSucceeded, .captured("5"), .jobStoring)
    #expect(try scenario.job().state == .succeeded && scenario.job().isSaving)
    try scenario.when(.observe(.pending())).then(.jobPolled)
    #expect(try scenario.job().nextAt == scenario.clock.now)
    try scenario.when(.startStore()).then(.jobStoring)
    try scenario.when(.stored(0)).then(.jobStored)
    try scenario.when(.storeFailed(1)).then(.jobStoreFailed)
    #expect(try scenario.job().state == .succeeded && scenario.job().nextAt == nil)
    try scenario.when(.stored(1)).then(.jobStored)
    #expect(try scenario.job().isSaving == false)
  }

  @Test("a late success is stored too")
  func lateStored() throws {
    let scenario = try running().given(.observe(.failed()))
    try scenario.when(.observe(.succeeded())).then(.jobPolled, .jobRecovered, .jobStoring)
    try scenario.when(.stored()).then(.jobStored)
    #expect(try scenario.job().state == .succeeded)
  }

  @Test("a job whose outputs nobody stores has none to store")
  func notStoring() throws {
    let scenario = try Scenario().given(.grant("9"), .track())
    let submitted = scenario.position(of: .jobSubmitted)
    for action in [Action.startStore(), .stored(), .storeFailed()] {
      try scenario.when(action).thenRefused(.conflict, naming: submitted)
    }
    try scenario.when(.observe(.succeeded())).then(.jobPolled, .jobSucceeded, .captured("5"))
  }

  @Test("a parked job's verified success goes on into the store")
  func parked() throws {
    let scenario = try running().given(.park())
    try scenario.when(.observe(.succeeded())).then(.jobPolled, .jobStoring)
    #expect(try scenario.job().parkReason == nil)
  }
}
