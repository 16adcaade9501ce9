// Jobs of several steps: how one follows the other, and what they cost ("Money").

import Support
import Testing
import Wire

@testable import Ledger

@Suite("Pipelines") struct PipelineTests {
  /// Two steps of 2 and 3 credits, the first of them done.
  private func inSecond(
    earned: Bool = false, charge: String? = nil, isSent: Bool = true
  ) throws -> Scenario {
    let scenario = try Scenario().given(
      .grant("100"), .pipeline(shares: "2", "3", providers: ["replicate", "fal"]), .start(),
      .accept(), .observe(.stepDone(charge: charge, earned: earned)))
    if isSent { try scenario.given(.start(), .accept(external: "p2")) }
    return scenario
  }

  private func status(_ scenario: Scenario) throws -> JSON {
    let now = scenario.clock.now
    return try scenario.books.read { try #require(try $0.status(job: "j1", now: now)).json }
  }

  @Test("a step that is done makes the next one due, with attempts, patience and handle anew")
  func next() throws {
    let scenario = try Scenario().given(
      .grant("100"), .pipeline(shares: "2", "3", providers: ["replicate", "fal"]), .start(),
      .refuse(status: 429, retryAt: .epoch), .start(), .accept(patience: 60_000),
      .observe(.pending(fraction: 400_000)))
    try scenario.when(.observe(.stepDone())).then(.jobPolled, Fact(.jobStepSucceeded))
    let job = try scenario.job()
    #expect(job.state == .submitted && job.step == 1 && job.attempts == 0)
    #expect(job.handle == 0 && job.overdueAt == nil && job.dispatchedAt == nil)
    #expect(job.fraction == nil && job.stepPolls == 0 && job.polls == 2)
    #expect(!job.flags.contains(.hasHandle) && job.nextAt == scenario.clock.now)
    try scenario.when(.start()).then(.jobDispatchStarted)
    #expect(try scenario.job().attempts == 1)
  }

  @Test("the board, selectors and pauses are about the current step's provider")
  func provider() throws {
    let scenario = try inSecond(isSent: false)
    let fal = Selector(provider: "fal", model: "owner/model-1")
    let replicate = Selector(provider: "replicate")
    let model = Selector(model: "owner/model-0")
    let found = try scenario.books.read { books in
      [try books.jobs(fal).count, try books.jobs(replicate).count, try books.jobs(model).count]
    }
    #expect(found == [1, 0, 0])
    try scenario.given(.pause(Pause(provider: "replicate", reason: "r")))
    try scenario.when(.start()).then(.jobDispatchStarted)
    try scenario.given(.refuse(status: 429, retryAt: .epoch))
    try scenario.given(.pause(Pause(provider: "fal", reason: "r")))
    let pause = scenario.position(of: .ledgerSubmissionPaused)
    try scenario.when(.start()).thenRefused(.notAllowed, naming: pause)
  }

  @Test("status shows every step, and progress over all of them")
  func shown() throws {
    let scenario = try inSecond()
    var seen = Observation.pending(fraction: 500_000)
    seen.stage = "rendering"
    try scenario.given(.observe(seen))
    let json = try status(scenario)
    #expect(json["provider"] == "fal" && json["model"] == "owner/model-1")
    #expect(json["progress"] == .number("0.75") && json["stage"] == "step 2 of 2: rendering")
    let steps = try #require(json["steps"]?.array)
    #expect(steps.map { $0["state"] } == ["succeeded", "running"])
    #expect(steps.map { $0["provider"] } == ["replicate", "fal"])
    #expect(steps.map { $0["external_id"] } == ["p1", "p2"])
    #expect(steps.map { $0["share"] } == ["2", "3"])
    #expect(steps[0]["outputs"]?.array?.first?["url"] == "https://files.example/0.mp4")
    #expect(steps[0]["attempts"] == 1 && steps[1]["outputs"] == [])
  }

  @Test("the status of an earlier position shows the step of then")
  func asOf() throws {
    let scenario = try inSecond()
    let first = try #require(scenario.history.first { $0.event.type == .jobDispatched }?.position)
    let now = scenario.clock.now
    let json = try scenario.books.read { books in
      let number = try #require(try books.jobNumber("j1"))
      return try #require(try books.status(number, asOf: first, now: now)).json
    }
    #expect(json["provider"] == "replicate" && json["external_id"] == "p1")
    #expect(json["steps"]?.array?.map { $0["state"] } == ["dispatched", "waiting"])
  }

  @Test(
    "success captures every share, each within what its reply reported",
    arguments: [
      (nil, nil, "5", nil), ("1.5", nil, "4.5", "0.5"), ("9", "0.5", "2.5", "2.5"),
      (nil, "-1", "2", "3"),
    ] as [(String?, String?, String, String?)])
  func success(_ first: String?, _ last: String?, _ captured: String, _ released: String?) throws {
    let scenario = try inSecond(charge: first)
    let outcome = try scenario.when(.observe(.succeeded(charge: last)))
    if let released {
      outcome.then(.jobPolled, .jobSucceeded, .captured(captured), .released(released))
    } else {
      outcome.then(.jobPolled, .jobSucceeded, .captured(captured))
    }
  }

  @Test("what fails later gives all back, unless the profile charges completed steps")
  func failure() throws {
    try inSecond().when(.observe(.failed())).then(.jobPolled, .jobFailed, .released("5"))
    try inSecond(earned: true).when(.observe(.failed()))
      .then(.jobPolled, .jobFailed, .captured("2"), .released("3"))
    try inSecond(earned: true, charge: "0.5").when(.observe(.failed()))
      .then(.jobPolled, .jobFailed, .captured("0.5"), .released("4.5"))
    try inSecond().when(.observe(.failed(charges: true)))
      .then(.jobPolled, .jobFailed, .captured("3"), .released("2"))
    try inSecond(earned: true).when(.observe(.failed(charges: true)))
      .then(.jobPolled, .jobFailed, .captured("2"), .captured("3"))
    try inSecond(earned: true).when(.observe(.failed(charges: true, charge: "1")))
      .then(.jobPolled, .jobFailed, .captured("2"), .captured("1"), .released("2"))
  }

  @Test("each capture names what earned it: the step that is done, and the failure")
  func evidence() throws {
    let scenario = try inSecond(earned: true)
    try scenario.given(.observe(.failed(charges: true)))
    let evidence = scenario.history.compactMap { event -> Position? in
      if case .creditCaptured(let body) = event.event { body.evidence } else { nil }
    }
    #expect(
      evidence == [
        scenario.position(of: .jobStepSucceeded), scenario.position(of: .jobFailed),
      ])
  }

  @Test("a refusal of the second step, a cancel before it, the hold's end: the same rule")
  func otherEnds() throws {
    for earned in [false, true] {
      let money = earned ? [Fact.captured("2"), .released("3")] : [.released("5")]
      func expect(_ outcome: Outcome, _ facts: [Fact]) throws {
        let written = try outcome.result.get().events.map { Fact($0).description }
        #expect(written == (facts + money).map(\.description))
      }
      let refused = try inSecond(earned: earned, isSent: false).given(.start())
      try expect(refused.when(.refuse()), [.jobDispatchRefused, .jobFailed])
      let canceled = try inSecond(earned: earned, isSent: false)
      try expect(canceled.when(.cancel()), [.jobCanceled])
      let resolved = try inSecond(earned: earned)
      try expect(resolved.when(.resolve(as: .failed)), [.jobResolved, .jobFailed])
      let expiring = try Scenario().given(
        .grant("100"), .pipeline(shares: "2", "3", holdExpires: .after(1000)), .start(),
        .accept(), .observe(.stepDone(earned: earned)))
      expiring.clock.step(seconds: 2)
      try expect(expiring.when(.expire()), [.jobExpired])
    }
  }

  @Test("a cancel that came too late for a step keeps the next one from being sent")
  func cancelBetween() throws {
    let scenario = try Scenario().given(
      .grant("100"), .pipeline(shares: "2", "3"), .start(), .accept())
    try scenario.when(.cancel()).then(.jobCancelRequested)
    try scenario.when(.observe(.stepDone(earned: true)))
      .then(
        .jobPolled, Fact(.jobStepSucceeded), .jobCanceled, .captured("2"), .released("3"))
    #expect(try scenario.job().state == .canceled)
  }

  @Test("a late success of the last step is a recovery; of an earlier one it is only noted")
  func late() throws {
    let last = try inSecond(earned: true).given(.observe(.failed()))
    try last.when(.observe(.succeeded())).then(.jobPolled, .jobRecovered)
    #expect(try last.job().writtenOff == Credits("3"))
    let first = try Scenario().given(
      .grant("100"), .pipeline(shares: "2", "3"), .start(), .accept(), .observe(.failed()))
    try first.when(.observe(.succeeded())).then(.jobPolled)
    #expect(try first.job().state == .failed)
  }

  @Test("late_success = charge takes what was not paid yet")
  func lateCharge() throws {
    let scenario = try inSecond(earned: true, charge: "1.5").given(
      .policy("late_success", "charge"), .observe(.failed()))
    try scenario.when(.observe(.succeeded()))
      .then(.jobPolled, .jobRecovered, .held("3"), .captured("3"))
  }

  @Test("capture_on = stored waits for the last step's outputs and then takes every share")
  func stored() throws {
    let scenario = try inSecond(charge: "1")
    try scenario.given(.policy("store", "s3://bucket"), .policy("capture_on", "stored"))
    try scenario.when(.observe(.succeeded())).then(.jobPolled, .jobStoring)
    try scenario.when(.stored(0))
      .then(.jobStored, .jobSucceeded, .captured("4"), .released("1"))
  }

  @Test("an answer about a step that is done is written down and changes nothing")
  func stale() throws {
    let scenario = try inSecond()
    let before = try scenario.job()
    try scenario.when(.observe(.stepDone(of: 0))).then(.jobPolled)
    var pending = Observation.pending()
    pending.step = 0
    try scenario.when(.observe(pending)).then(.jobPolled)
    var failed = Observation.failed()
    failed.step = 0
    try scenario.when(.observe(failed)).then(.jobPolled)
    let after = try scenario.job()
    #expect(after.state == .dispatched && after.step == 1 && after.nextAt == before.nextAt)
    #expect(after.polls == before.polls + 3 && after.failedPolls == 0)
  }

  @Test("an answer to the submit of a step that is done is not this step's handle")
  func staleSubmit() throws {
    let scenario = try inSecond(isSent: false).given(.start())
    let handle = FoundHandle(externalID: "p1", step: 0)
    try scenario.when(.job("j1", .accept(Acceptance(via: .submit, handle: handle, nextAt: .epoch))))
      .thenRefused(.conflict, naming: scenario.position(of: .jobDispatchStarted))
  }

  @Test("one external id may be two steps' handle, and is nobody else's in either")
  func sameHandle() throws {
    let scenario = try Scenario().given(
      .grant("100"), .pipeline(shares: "2", "3"), .start(), .accept(external: "x"),
      .observe(.stepDone()), .start(), .accept(external: "x"))
    #expect(try scenario.job().state == .dispatched)
    try scenario.when(.track("thief", external: "x"))
      .thenRefused(.conflict, naming: scenario.position(of: .jobSubmitted))
  }

  @Test("a found handle goes to the step that is in doubt, and to no other")
  func found() throws {
    let scenario = try inSecond(isSent: false).given(.start(), .doubt(reconcileAt: nil))
    func attach(_ step: UInt64?) -> Action {
      .track(
        Tracking(
          submission: Submission(id: "j1", account: "acme", provider: "fal", hold: .zero),
          hasHold: false, handle: FoundHandle(externalID: "p2", step: step)))
    }
    try scenario.when(attach(0))
      .thenRefused(.conflict, naming: scenario.position(of: .jobDispatchStarted))
    try scenario.when(attach(nil)).then(.jobDispatched)
    let job = try scenario.job()
    #expect(job.step == 1 && job.state == .dispatched)
    #expect(try status(scenario)["steps"]?.array?[1]["external_id"] == "p2")
  }

  @Test("the same pipeline again is answered once; another plan under the id is a conflict")
  func twice() throws {
    let scenario = try Scenario().given(.grant("100"), .pipeline(shares: "2", "3"))
    let first = scenario.position(of: .jobSubmitted)
    try scenario.when(.pipeline(shares: "2", "3")).thenRepeats(scenario.position(of: .creditHeld))
    try scenario.when(.pipeline(shares: "3", "2")).thenRefused(.conflict, naming: first)
    try scenario.when(.pipeline(shares: "2", "3", providers: ["fal"]))
      .thenRefused(.conflict, naming: first)
    guard case .submit(var submission) = Action.pipeline(shares: "2", "3") else { return }
    submission.plan?.steps[1].input = ["image": "another"]
    try scenario.when(.submit(submission)).thenRefused(.conflict, naming: first)
  }

  @Test("shares that are not the hold, and steps beyond the bound, are refused")
  func bounds() throws {
    let scenario = try Scenario().given(.grant("100"))
    guard case .submit(var submission) = Action.pipeline(shares: "2", "3") else { return }
    submission.hold = Credits("6")!
    try scenario.when(.submit(submission)).thenRefused(.invalid)
    submission.plan?.steps = Array(
      repeating: Plan.Step(provider: "p", input: 1, share: .zero), count: 17)
    submission.hold = .zero
    try scenario.when(.submit(submission)).thenRefused(.invalid)
  }

  @Test("an adopted middle step goes on with the plan; its success captures the whole hold")
  func adopted() throws {
    let plan = Plan([
      Plan.Step(provider: "fal", share: .zero),
      Plan.Step(provider: "replicate", share: Credits("2")!),
      Plan.Step(provider: "fal", input: ["n": 1], share: Credits("3")!),
    ])
    let submission = Submission(
      id: "j1", account: "acme", provider: "replicate", hold: Credits("5")!, plan: plan)
    let scenario = try Scenario().given(.grant("100"))
    try scenario.when(
      .track(
        Tracking(
          submission: submission, hasHold: true, handle: FoundHandle(externalID: "p1", step: 1)))
    ).then(.jobSubmitted, .held("5"), .jobDispatched)
    #expect(try scenario.job().step == 1 && scenario.job().overallFraction == 333_333)
    try scenario.when(.observe(.stepDone())).then(.jobPolled, Fact(.jobStepSucceeded))
    let steps = try #require(try status(scenario)["steps"]?.array)
    #expect(steps.map { $0["state"] } == ["succeeded", "succeeded", "submitted"])
    #expect(steps.map { $0["external_id"] } == [nil, "p1", nil] as [JSON])
    try scenario.given(.start(), .accept(external: "p2"))
    try scenario.when(.observe(.succeeded())).then(.jobPolled, .jobSucceeded, .captured("5"))
  }

  @Test("erased plans leave the money and the providers, and the audit stays content")
  func erased() throws {
    let scenario = try inSecond(earned: true).given(.observe(.failed()))
    _ = try scenario.books.forget(account: "acme", reason: "asked", actor: .cli, by: "tester")
    let json = try status(scenario)
    #expect(json["steps"]?.array?.map { $0["provider"] } == ["replicate", "fal"])
    #expect(json["captured"] == "2" && json["steps"]?.array?[0]["outputs"] == [])
    #expect(try scenario.books.replay(.check).differences == [])
  }
}
