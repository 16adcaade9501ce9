// Rule 5: canceling before and after something was sent.

import Ledger
import Support
import Testing
import Wire

@Suite("Canceling") struct CancelTests {
  private func submitted() throws -> Scenario { try Scenario().given(.grant("100"), .submit()) }

  @Test("a job that was never sent is canceled and released at once")
  func unsent() throws {
    try submitted().when(.cancel()).then(.jobCanceled, .released("5"))
  }

  @Test("so is one whose every attempt was proved not accepted")
  func provedUnsent() throws {
    let scenario = try submitted().given(.start(), .refuse(status: 429, retryAt: .epoch))
    try scenario.when(.cancel()).then(.jobCanceled, .released("5"))
  }

  @Test("so is one that was parked before it was sent")
  func parkedUnsent() throws {
    let scenario = try submitted().given(.park("j1", .profileMissing))
    try scenario.when(.cancel()).then(.jobCanceled, .released("5"))
  }

  @Test("what may have been sent is only asked to stop; the provider's word decides")
  func sent() throws {
    let scenario = try submitted().given(.start(), .accept(), .observe(.pending()))
    try scenario.when(.cancel()).then(.jobCancelRequested)
    let job = try scenario.job()
    #expect(job.state == .running && job.nextAt == scenario.clock.now)
    #expect(try scenario.account().held == Credits("5"))
    var answer = Observation.pending()
    answer.source = .poll(.cancel)
    try scenario.when(.observe(answer)).then(.jobPolled)
    #expect(try scenario.job().state == .running)
    #expect(try scenario.job().flags.contains(.cancelSent))
    try scenario.when(.observe(.canceled())).then(.jobPolled, .jobCanceled, .released("5"))
  }

  @Test("a job that succeeds after the request is a success")
  func succeedsAnyway() throws {
    let scenario = try submitted().given(.start(), .accept(), .cancel())
    try scenario.when(.observe(.succeeded())).then(.jobPolled, .jobSucceeded, .captured("5"))
  }

  @Test("asking twice is asking once")
  func twice() throws {
    let scenario = try submitted().given(.start(), .accept(), .cancel())
    try scenario.when(.cancel()).thenRepeats(scenario.position(of: .jobCancelRequested))
  }

  @Test("a cancel while the submit is under way waits for its answer")
  func underWay() throws {
    let scenario = try submitted().given(.start())
    try scenario.when(.cancel()).then(.jobCancelRequested)
    try scenario.when(.accept(at: scenario.clock.after(seconds: 9))).then(.jobDispatched)
    #expect(try scenario.job().nextAt == scenario.clock.now)
  }

  @Test("when that answer proves it unsent, it is canceled at once")
  func underWayRefused() throws {
    let scenario = try submitted().given(.start(), .cancel())
    try scenario.when(.refuse(status: 429, class: .rateLimited, retryAt: .epoch))
      .then(.jobDispatchRefused, .jobCanceled, .released("5"))
  }

  @Test("a doubtful job keeps its hold when it is canceled")
  func doubtful() throws {
    let scenario = try submitted().given(.start(), .doubt())
    try scenario.when(.cancel()).then(.jobCancelRequested)
    #expect(try scenario.job().state == .uncertain)
    #expect(try scenario.account().held == Credits("5"))
  }

  @Test("there is nothing to cancel in a job nobody knows")
  func unknown() throws {
    try Scenario().when(.cancel("nobody")).thenRefused(.notFound)
  }
}
