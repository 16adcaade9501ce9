// Rules 4 and 9: an operator's verdict, and what comes after it. "Money": late successes.

import Ledger
import Support
import Testing
import Wire

@Suite("Resolving, and late words") struct ResolveTests {
  /// The ways into every open state.
  static let openStates: [(JobState, [Action])] = [
    (.submitted, []), (.dispatching, [.start()]), (.uncertain, [.start(), .doubt()]),
    (.dispatched, [.start(), .accept()]),
    (.running, [.start(), .accept(), .observe(.pending())]),
    (.overdue, [.start(), .accept(patience: 0), .observe(.pending())]),
    (.parked, [.start(), .doubt(reconcileAt: nil)]),
    (
      .storing,
      [
        .policy("store", "s3://bucket"), .policy("capture_on", "stored"), .start(), .accept(),
        .observe(.succeeded()),
      ]
    ),
  ]

  private func scenario(_ before: [Action]) throws -> Scenario {
    let scenario = try Scenario().given(.grant("100"), .submit())
    for action in before { try scenario.given(action) }
    return scenario
  }

  @Test("resolve as succeeded captures the hold, in every open state", arguments: openStates)
  func succeeded(_ state: JobState, _ before: [Action]) throws {
    let scenario = try scenario(before)
    #expect(try scenario.job().state == state)
    try scenario.when(.resolve(as: .succeeded)).then(.jobResolved, .jobSucceeded, .captured("5"))
    let job = try scenario.job()
    #expect(job.state == .succeeded && job.openHold == .zero && job.nextAt == nil)
    guard case .jobSucceeded(let body)? = scenario.history.dropLast().last?.event else {
      Issue.record("no verdict")
      return
    }
    #expect(body.operator == true)
  }

  @Test("resolve as failed gives the hold back, class resolved", arguments: openStates)
  func failed(_ state: JobState, _ before: [Action]) throws {
    let scenario = try scenario(before)
    try scenario.when(.resolve(as: .failed)).then(.jobResolved, .jobFailed, .released("5"))
    let job = try scenario.job()
    #expect(job.state == .failed && job.failureClass == .resolved && job.nextAt == nil)
    #expect(try scenario.account().available == Credits("100"))
  }

  @Test(
    "resolve works on open jobs only",
    arguments: [Observation.succeeded(), .failed(), .canceled()])
  func ended(_ end: Observation) throws {
    let scenario = try scenario([.start(), .accept(), .observe(end)])
    let verdict = try scenario.job().verdict
    for resolution in [Resolution.succeeded, .failed] {
      try scenario.when(.resolve(as: resolution)).thenRefused(.conflict, naming: verdict)
    }
    try scenario.when(.resolve("nobody", as: .failed)).thenRefused(.notFound)
  }

  @Test("a duplicate is resolved, though no word of the provider may close it")
  func duplicate() throws {
    let scenario = try Scenario().given(
      .grant("100"), .track("owner"), .submit(), .start(), .accept())
    #expect(try scenario.job().state == .parked)
    try scenario.when(.observe(.succeeded())).then(.jobPolled)
    try scenario.when(.resolve(as: .failed)).then(.jobResolved, .jobFailed, .released("5"))
    #expect(try scenario.job("owner").state == .dispatched)
  }

  @Test("a resolve with a key is decided once")
  func keyed() throws {
    let scenario = try scenario([])
    try scenario.when(.resolve(as: .failed), key: "k")
      .then(.jobResolved, .jobFailed, .released("5"))
    try scenario.when(.resolve(as: .failed), key: "k")
      .thenRepeats(scenario.position(of: .creditReleased))
    try scenario.when(.resolve(as: .succeeded), key: "k")
      .thenRefused(.conflict, naming: scenario.position(of: .jobResolved))
  }

  @Test("an operator's success, then the provider's failure: recorded, and moves no money")
  func contrary() throws {
    let scenario = try scenario([.start(), .accept(), .resolve(as: .succeeded)])
    let before = try scenario.account()
    for word in [Observation.failed(), .canceled()] {
      try scenario.when(.observe(word)).then(.jobPolled)
    }
    #expect(try scenario.job().state == .succeeded)
    #expect(try scenario.account() == before)
  }

  @Test("an operator's failure, then the provider's success: a late success")
  func lateAfterResolve() throws {
    let scenario = try scenario([.start(), .accept(), .resolve(as: .failed)])
    try scenario.when(.observe(.succeeded())).then(.jobPolled, .jobRecovered)
    let job = try scenario.job()
    #expect(job.state == .succeeded && job.writtenOff == Credits("5"))
    try scenario.when(.observe(.failed())).then(.jobPolled)
    #expect(try scenario.job().state == .succeeded)
  }

  @Test("late_success = charge: recovered, held and captured in one group")
  func charged() throws {
    let scenario = try scenario([
      .policy("late_success", "charge"), .start(), .accept(), .observe(.failed()),
    ])
    try scenario.when(.observe(.succeeded()))
      .then(.jobPolled, .jobRecovered, .held("5"), .captured("5"))
    guard case .creditCaptured(let body)? = scenario.history.last?.event else {
      Issue.record("no capture")
      return
    }
    #expect(body.evidence == scenario.position(of: .jobRecovered))
    let job = try scenario.job()
    #expect(job.writtenOff == .zero && job.captured == Credits("5") && job.openHold == .zero)
    #expect(try scenario.account().available == Credits("95"))
    #expect(try scenario.books.read { $0.totals.writtenOff } == .zero)
  }

  @Test("a late success charges the reported price, and only what was not charged before")
  func latePrice() throws {
    let scenario = try scenario([
      .policy("late_success", "charge"), .start(), .accept(),
      .observe(.failed(charges: true, charge: "1")),
    ])
    try scenario.when(.observe(.succeeded(charge: "3")))
      .then(.jobPolled, .jobRecovered, .held("2"), .captured("2"))
    try scenario.given(
      .track("free", external: "p2"), .observe("free", .failed()))
    try scenario.when(.observe("free", .succeeded(charge: "0"))).then(.jobPolled, .jobRecovered)
    #expect(try scenario.job("free").writtenOff == .zero)
  }

  @Test(
    "without enough in the account a late success is written off: never partial, never negative")
  func notEnough() throws {
    let scenario = try Scenario().given(
      .grant("9"), .limit("100"), .policy("late_success", "charge"), .track(),
      .observe(.failed()), .submit("other", hold: "4.000001"))
    try scenario.when(.observe(.succeeded())).then(.jobPolled, .jobRecovered)
    #expect(try scenario.job().writtenOff == Credits("5"))
    #expect(try scenario.job().captured == .zero)
  }

  @Test("credits that have ended pay for no late success; they end in its group")
  func endedFunds() throws {
    let scenario = try Scenario()
    let end = scenario.clock.after(seconds: 60)
    try scenario.given(
      .grant("5", expires: end), .grant("7"), .policy("late_success", "charge"), .track(),
      .observe(.failed()))
    scenario.clock.step(seconds: 60)
    try scenario.when(.observe(.succeeded()))
      .then(.jobPolled, .jobRecovered, .creditExpired("5"), .held("5"), .captured("5"))
    #expect(try scenario.account().available == Credits("2"))
  }

  @Test(
    "the hold's end: expired and released in one group; looks go on, and a success is late",
    arguments: ["write_off", "charge"])
  func pastHold(_ policy: String) throws {
    let scenario = try Scenario()
    let end = scenario.clock.after(seconds: 10)
    let slow = scenario.clock.after(seconds: 500)
    try scenario.given(
      .grant("100"), .policy("late_success", policy), .submit(holdExpires: end), .start(),
      .accept())
    scenario.clock.step(seconds: 10)
    try scenario.when(.expire(lookAt: slow)).then(.jobExpired, .released("5"))
    #expect(try scenario.job().nextAt == slow)
    try scenario.when(.observe(.unknown(fault: .timeout, at: slow))).then(.jobPolled)
    try scenario.when(.observe(.pending(at: slow))).then(.jobPolled)
    #expect(try scenario.job().state == .expired && scenario.job().nextAt == slow)
    if policy == "charge" {
      try scenario.when(.observe(.succeeded()))
        .then(.jobPolled, .jobRecovered, .held("5"), .captured("5"))
    } else {
      try scenario.when(.observe(.succeeded())).then(.jobPolled, .jobRecovered)
    }
    #expect(try scenario.job().nextAt == nil)
  }

  @Test("the provider's definitive failure after the hold's end ends the looking")
  func failedPastHold() throws {
    let scenario = try Scenario()
    let end = scenario.clock.after(seconds: 10)
    try scenario.given(.grant("9"), .submit(holdExpires: end), .start(), .accept())
    scenario.clock.step(seconds: 10)
    try scenario.given(.expire(lookAt: scenario.clock.after(seconds: 50)))
    try scenario.when(.observe(.failed())).then(.jobPolled)
    #expect(try scenario.job().nextAt == nil && scenario.job().state == .expired)
  }

  @Test(
    "the amount captured is the hold or what is reported, never more than the hold",
    arguments: [
      (nil, "5", nil), ("0", "0", "5"), ("2.5", "2.5", "2.5"), ("5", "5", nil),
      ("99", "5", nil),
    ] as [(String?, String, String?)])
  func reported(_ price: String?, _ captured: String, _ released: String?) throws {
    let scenario = try scenario([.start(), .accept()])
    let outcome = try scenario.when(.observe(.succeeded(charge: price)))
    if let released {
      outcome.then(.jobPolled, .jobSucceeded, .captured(captured), .released(released))
    } else {
      outcome.then(.jobPolled, .jobSucceeded, .captured(captured))
    }
  }
}
