// Rules 1, 2 and 4: what is a verdict, what never is, and the money that stands in its group.

import Ledger
import Support
import Testing
import Wire

@Suite("Verdicts") struct VerdictTests {
  private func running() throws -> Scenario {
    try Scenario().given(.grant("100"), .submit(), .start(), .accept(), .observe(.pending()))
  }

  @Test("the first pending word makes a dispatched job running")
  func firstPending() throws {
    let scenario = try Scenario().given(.grant("100"), .submit(), .start(), .accept())
    #expect(try scenario.job().state == .dispatched)
    try scenario.when(.observe(.pending())).then(.jobPolled)
    #expect(try scenario.job().state == .running)
  }

  @Test("progress is written when it grows, and only then")
  func progress() throws {
    let scenario = try running()
    try scenario.when(.observe(.pending(fraction: 300_000))).then(.jobPolled, .jobProgressed)
    try scenario.when(.observe(.pending(fraction: 300_000))).then(.jobPolled)
    try scenario.when(.observe(.pending(fraction: 200_000))).then(.jobPolled)
    #expect(try scenario.job().fraction == 300_000)
  }

  @Test("success and capture are one group")
  func success() throws {
    let scenario = try running()
    try scenario.when(.observe(.succeeded())).then(.jobPolled, .jobSucceeded, .captured("5"))
    let account = try scenario.account()
    #expect(account.captured == Credits("5") && account.held == .zero)
    #expect(try scenario.job().state == .succeeded)
    guard case .creditCaptured(let body)? = scenario.history.last?.event else {
      Issue.record("no capture")
      return
    }
    #expect(body.evidence == scenario.position(of: .jobSucceeded))
  }

  @Test("a definitive failure and the release are one group")
  func failure() throws {
    let scenario = try running()
    try scenario.when(.observe(.failed(.moderated))).then(.jobPolled, .jobFailed, .released("5"))
    #expect(try scenario.job().failureClass == .moderated)
    #expect(try scenario.account().available == Credits("100"))
  }

  @Test("the provider's canceled is canceled, and released")
  func canceled() throws {
    let scenario = try running()
    try scenario.when(.observe(.canceled())).then(.jobPolled, .jobCanceled, .released("5"))
    #expect(try scenario.job().state == .canceled)
  }

  @Test("a success word without outputs is a failure: no_output")
  func noOutput() throws {
    let scenario = try running()
    try scenario.when(.observe(.succeeded(outputs: 0)))
      .then(.jobPolled, .jobFailed, .released("5"))
    #expect(try scenario.job().failureClass == .noOutput)
  }

  @Test(
    "no transport error, timeout, refusal of access or unknown word is a verdict",
    arguments: [
      Observation.unknown(fault: .timeout), .unknown(fault: .reset), .unknown(fault: .resolve),
      .unknown(fault: .tls), .unknown(status: 500), .unknown(status: 404, class: .permanent),
      .unknown(status: 410, class: .permanent), .unknown(status: 401, class: .permanent),
      .unknown(status: 403, class: .permanent), .unknown(status: 200, class: .unknownWord),
      .unknown(status: 429, class: .rateLimited), .unknown(status: 402, class: .insufficientCredit),
    ])
  func noVerdict(_ seen: Observation) throws {
    let scenario = try running()
    let later = scenario.clock.after(seconds: 5)
    var seen = seen
    seen.nextAt = later
    for _ in 1...3 { try scenario.when(.observe(seen)).then(.jobPolled) }
    let job = try scenario.job()
    #expect(job.state == .running && job.nextAt == later && job.failedPolls == 3)
    #expect(try scenario.account().held == Credits("5"))
  }

  @Test(
    "an ended job absorbs what comes late: written down, nothing else",
    arguments: [
      Observation.pending(), .succeeded(), .failed(), .canceled(), .unknown(fault: .timeout),
    ])
  func absorbs(_ late: Observation) throws {
    let scenario = try running().given(.observe(.succeeded()))
    let before = try scenario.account()
    try scenario.when(.observe(late)).then(.jobPolled)
    #expect(try scenario.job().state == .succeeded)
    #expect(try scenario.account() == before)
  }

  @Test(
    "success after the end is recovered and written off: the customer pays nothing",
    arguments: [Observation.failed(), .canceled()])
  func late(_ end: Observation) throws {
    let scenario = try running().given(.observe(end))
    try scenario.when(.observe(.succeeded())).then(.jobPolled, .jobRecovered)
    let job = try scenario.job()
    #expect(job.state == .succeeded && job.writtenOff == Credits("5"))
    #expect(try scenario.account().available == Credits("100"))
    try scenario.when(.observe(.succeeded())).then(.jobPolled)
    #expect(try scenario.books.read { $0.totals.writtenOff } == Credits("5"))
  }

  @Test("success after the hold expired is recovered too")
  func lateAfterExpiry() throws {
    let scenario = try Scenario()
    let end = scenario.clock.after(seconds: 10)
    try scenario.given(.grant("100"), .submit(holdExpires: end), .start(), .accept())
    scenario.clock.step(seconds: 11)
    try scenario.given(.expire())
    try scenario.when(.observe(.succeeded())).then(.jobPolled, .jobRecovered)
  }

  @Test("an unverified webhook only triggers a look; a verified one is a verdict")
  func webhook() throws {
    let scenario = try Scenario().given(.grant("100"), .submit(), .start(), .accept())
    func webhook(_ verified: Bool) -> Observation.Source {
      .notification(.webhook, id: "m1", verified: verified)
    }
    var pending = Observation.pending()
    pending.source = webhook(false)
    pending.nextAt = nil
    try scenario.when(.observe(pending)).then(.jobNotified)
    #expect(try scenario.job().state == .dispatched)
    try scenario.when(.observe(.succeeded(source: webhook(false)))).then(.jobNotified)
    let job = try scenario.job()
    #expect(job.state == .dispatched && job.nextAt == scenario.clock.now)
    try scenario.when(.observe(.succeeded(source: webhook(true))))
      .then(.jobNotified, .jobSucceeded, .captured("5"))
  }

  @Test("an unverified webhook recovers nothing")
  func unverifiedRecovery() throws {
    let scenario = try running().given(.observe(.failed()))
    let source = Observation.Source.notification(.webhook, id: nil, verified: false)
    try scenario.when(.observe(.succeeded(source: source))).then(.jobNotified)
    #expect(try scenario.job().state == .failed)
  }

  @Test("a stream that our poller opened counts as a poll")
  func stream() throws {
    let scenario = try running()
    let source = Observation.Source.notification(.sse, id: nil, verified: false)
    try scenario.when(.observe(.succeeded(source: source)))
      .then(.jobNotified, .jobSucceeded, .captured("5"))
  }

  @Test(
    "whoever asks something of an ended job is told at which position it ended",
    arguments: [Action.cancel(), .park(), .expire(), .start()])
  func refused(_ action: Action) throws {
    let scenario = try running().given(.observe(.succeeded()))
    try scenario.when(action).thenRefused(.conflict, naming: scenario.position(of: .jobSucceeded))
  }
}
