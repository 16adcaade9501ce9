// Rule 3: a submit is sent at most once without proof. Rule 7: a handle belongs to one job.

import Ledger
import Support
import Testing
import Wire

@Suite("Dispatching") struct DispatchTests {
  private func dispatching(own: String? = nil, key: String? = nil) throws -> Scenario {
    try Scenario().given(.grant("100"), .submit(), .start(own: own, key: key))
  }

  @Test("an attempt is durable before it is sent, and counted")
  func start() throws {
    let scenario = try Scenario().given(.grant("100"), .submit())
    try scenario.when(.start()).then(.jobDispatchStarted)
    let job = try scenario.job()
    #expect(job.state == .dispatching && job.attempts == 1)
  }

  @Test("a second attempt is refused while the first is not proved unsent, naming it")
  func onlyOnce() throws {
    let scenario = try dispatching()
    let attempt = scenario.position(of: .jobDispatchStarted)
    try scenario.when(.start()).thenRefused(.conflict, naming: attempt)
    try scenario.given(.doubt())
    try scenario.when(.start()).thenRefused(.conflict, naming: attempt)
    try scenario.given(.accept(via: .reconcile))
    try scenario.when(.start())
      .thenRefused(.conflict, naming: scenario.position(of: .jobDispatched))
  }

  @Test("an uncertain attempt is repeated only under an idempotency key")
  func repeatable() throws {
    let scenario = try dispatching(key: "k-1").given(.doubt())
    try scenario.when(.start(key: "k-1")).then(.jobDispatchStarted)
    #expect(try scenario.job().attempts == 2)
  }

  @Test("the provider's answer gives the handle; the hold stays")
  func accepted() throws {
    let scenario = try dispatching()
    try scenario.when(.accept()).then(.jobDispatched)
    let job = try scenario.job()
    #expect(job.state == .dispatched && job.flags.contains(.hasHandle))
    #expect(try scenario.account().held == Credits("5"))
  }

  @Test("an answer that comes with the outcome closes the job in the same group")
  func blocking() throws {
    let scenario = try dispatching()
    try scenario.when(.accept(outcome: .succeeded()))
      .then(.jobDispatched, .jobPolled, .jobSucceeded, .captured("5"))
  }

  @Test("nobody knows whether it was accepted: uncertain, hold kept, looked for again")
  func uncertain() throws {
    let scenario = try dispatching()
    let later = scenario.clock.after(seconds: 30)
    try scenario.when(.doubt(reconcileAt: later)).then(.jobDispatchUncertain)
    let job = try scenario.job()
    #expect(job.state == .uncertain && job.nextAt == later)
    #expect(try scenario.account().held == Credits("5"))
  }

  @Test("what nothing can find is parked at once, for a person")
  func unfindable() throws {
    let scenario = try dispatching()
    try scenario.when(.doubt(reconcileAt: nil)).then(.jobDispatchUncertain, .jobParked)
    let job = try scenario.job()
    #expect(job.state == .parked && job.parkReason == .uncertainSubmit && job.nextAt == nil)
  }

  @Test("finding nothing proves nothing: it stays uncertain and is looked for later")
  func notFound() throws {
    let scenario = try dispatching().given(.doubt())
    let later = scenario.clock.after(seconds: 60)
    try scenario.when(.observe(.unknown(status: 404, at: later))).then(.jobPolled)
    let job = try scenario.job()
    #expect(job.state == .uncertain && job.nextAt == later)
  }

  @Test(
    "proved not accepted and worth another try: back to submitted",
    arguments: [ReplyClass.rateLimited, .transient])
  func retry(_ replyClass: ReplyClass) throws {
    let scenario = try dispatching()
    let later = scenario.clock.after(seconds: 10)
    try scenario.when(.refuse(status: 429, class: replyClass, retryAt: later))
      .then(.jobDispatchRefused)
    let job = try scenario.job()
    #expect(job.state == .submitted && job.nextAt == later)
    try scenario.when(.start()).then(.jobDispatchStarted)
    #expect(try scenario.job().attempts == 2)
  }

  @Test("proved not accepted for good: refused, failed and released in one group")
  func refusedForGood() throws {
    let scenario = try dispatching()
    try scenario.when(.refuse()).then(.jobDispatchRefused, .jobFailed, .released("5"))
    #expect(try scenario.account().available == Credits("100"))
    #expect(try scenario.job().failureClass == .refused)
  }

  @Test("a problem of our own account keeps the job and pauses the provider")
  func accountProblem() throws {
    let scenario = try dispatching()
    try scenario.when(
      .refuse(status: 401, class: .insufficientCredit, retryAt: .epoch, accountProblem: true)
    ).then(.jobDispatchRefused, .submissionPaused)
    let pause = scenario.position(of: .ledgerSubmissionPaused)
    #expect(try scenario.job().state == .submitted)
    try scenario.when(.start()).thenRefused(.notAllowed, naming: pause)
    try scenario.given(.submit("j2", provider: "fal"))
    try scenario.when(.start("j2")).then(.jobDispatchStarted)
    try scenario.when(.unpause(provider: "replicate", account: nil)).then(.submissionUnpaused)
    try scenario.when(.start()).then(.jobDispatchStarted)
  }

  @Test("under on_account_problem = fail the job fails instead")
  func accountProblemFails() throws {
    let scenario = try dispatching().given(.setPolicy(name: "on_account_problem", value: "fail"))
    try scenario.when(
      .refuse(status: 402, class: .insufficientCredit, retryAt: .epoch, accountProblem: true)
    ).then(.jobDispatchRefused, .jobFailed, .released("5"))
  }

  @Test("our own id is the handle before the first byte: a poll that knows it is the acceptance")
  func ownID() throws {
    let scenario = try dispatching(own: "job-1")
    let later = scenario.clock.after(seconds: 5)
    try scenario.when(.observe(.unknown(fault: .timeout, at: later))).then(.jobPolled)
    let waiting = try scenario.job()
    #expect(waiting.state == .dispatching && waiting.nextAt == later)
    try scenario.when(.observe(.pending())).then(.jobDispatched, .jobPolled)
    #expect(try scenario.job().state == .running)
  }

  @Test("our own id found after doubt is the acceptance too")
  func ownIDAfterDoubt() throws {
    let scenario = try dispatching(own: "job-1").given(.doubt())
    try scenario.when(.observe(.succeeded()))
      .then(.jobDispatched, .jobPolled, .jobSucceeded, .captured("5"))
  }

  @Test("an own id that another job has as its handle is not sent under")
  func ownIDTaken() throws {
    let scenario = try Scenario().given(
      .grant("100"), .track("other", external: "job-1"), .submit())
    try scenario.when(.start(own: "job-1"))
      .thenRefused(.conflict, naming: scenario.position(of: .jobSubmitted))
    #expect(try scenario.job().state == .submitted)
  }

  @Test("an answer with another job's handle is recorded and parked; it cannot be unparked")
  func duplicateHandle() throws {
    let scenario = try Scenario().given(
      .grant("100"), .track("first", external: "p1"), .submit(), .start())
    try scenario.when(.accept(external: "p1")).then(.jobDispatched, .jobParked)
    let handle = scenario.position(of: .jobDispatched)
    let job = try scenario.job()
    #expect(job.parkReason == .duplicateHandle && job.flags.contains(.duplicate))
    try scenario.when(.unpark()).thenRefused(.conflict, naming: handle)
    try scenario.when(.observe(.succeeded())).then(.jobPolled)
    #expect(try scenario.job().state == .parked)
    try scenario.when(.observe("first", .succeeded()))
      .then(.jobPolled, .jobSucceeded, .captured("5"))
  }

  @Test("the same id at another provider is another handle")
  func otherProvider() throws {
    let scenario = try Scenario().given(
      .grant("100"), .track("first", external: "p1", provider: "fal"), .submit(), .start())
    try scenario.when(.accept(external: "p1")).then(.jobDispatched)
  }

  @Test(
    "an answer to no attempt is refused",
    arguments: [Action.accept(), .doubt(), .refuse()])
  func noAttempt(_ answer: Action) throws {
    let scenario = try Scenario().given(.grant("100"), .submit())
    let refused = try scenario.when(answer)
    guard case .failure(let refusal) = refused.result else {
      Issue.record("expected a refusal")
      return
    }
    #expect(refusal.code == .conflict)
    #expect(try scenario.job().state == .submitted)
  }

  @Test("a job whose hold ended is not sent any more")
  func endedHold() throws {
    let scenario = try Scenario()
    let end = scenario.clock.after(seconds: 60)
    try scenario.given(.grant("100"), .submit(holdExpires: end))
    scenario.clock.step(seconds: 60)
    try scenario.when(.start())
      .thenRefused(.conflict, naming: scenario.position(of: .jobSubmitted))
    try scenario.when(.expire()).then(.jobExpired, .released("5"))
  }
}
