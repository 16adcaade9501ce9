// Jobs from submit to verdict: the poller against providers that behave.

import Ledger
import Poller
import Support
import Testing
import Wire

@Suite("Jobs on their way", .seeded) struct LifeTests {
  @Test("fifty jobs come to their verdicts; each is sent once and paid for once")
  func fifty() throws {
    let outside = try Outside(
      outcomes: "failed:0.2,aborted:0.1,moderated:0.1", seed: Seed.current)
    let rig = try Rig(outside)
    for number in 1...50 {
      try rig.submit("j\(number)", provider: number % 10 == 0 ? "self-hosted" : "replicate")
    }
    #expect(try rig.poll() == .drained([]))
    var succeeded = 0
    for number in 1...50 {
      let job = try rig.details("j\(number)").job
      #expect(job.state == .succeeded || job.state == .failed)
      #expect(job.attempts == 1 && job.openHold == .zero)
      #expect(job.captured == (job.state == .succeeded ? Credits("5")! : .zero))
      if job.state == .succeeded { succeeded += 1 }
      let captures = try rig.count(.creditCaptured, of: "j\(number)")
      #expect(captures == (job.state == .succeeded ? 1 : 0))
    }
    #expect(outside.posts == 50 && outside.submittedTwice == [])
    let totals = try rig.books.read { $0.totals }
    #expect(
      totals.held == .zero && totals.captured == Credits(micros: 5_000_000 * Int64(succeeded)))
  }

  @Test(
    "the provider's word becomes the job's class",
    arguments: [
      ("failed", JobState.failed, FailureClass.providerFailed),
      ("aborted", .failed, .aborted), ("moderated", .failed, .moderated),
      ("canceled", .canceled, .canceled),
    ])
  func classes(_ outcome: String, _ state: JobState, _ failure: FailureClass) throws {
    let rig = try Rig(Outside(pace: "0.1"))
    try rig.submit("j", simulate: ["outcome": .string(outcome)])
    try rig.poll()
    let job = try rig.details("j").job
    #expect(job.state == state && job.failureClass == failure && job.released == job.hold)
  }

  @Test("a success without output is a failure of its own class")
  func noOutput() throws {
    let rig = try Rig(Outside(pace: "0.1"))
    try rig.submit("j", simulate: ["output": nil])
    try rig.poll()
    #expect(try rig.details("j").job.failureClass == .noOutput)
  }

  @Test("a submit's start is in the log before its answer, with the handle after it")
  func order() throws {
    let rig = try Rig(Outside(pace: "0.1"))
    try rig.submit("j")
    try rig.poll()
    let types = try rig.events("j").map(\.event.type)
    #expect(
      types.filter { $0 != .jobPolled && $0 != .jobProgressed }
        == [
          .jobSubmitted, .creditHeld, .jobDispatchStarted, .jobDispatched, .jobSucceeded,
          .creditCaptured,
        ])
  }

  @Test("once does what is due and ends; later runs go on where it ended")
  func once() throws {
    let rig = try Rig(Outside(pace: "0.5"))
    try rig.submit("j")
    #expect(try rig.poll(.once) == .done)
    #expect(try rig.state("j") == .dispatched)
    #expect(try rig.poll() == .drained([]))
    #expect(try rig.state("j") == .succeeded)
  }

  @Test("a cancel reaches the provider, and the provider's word ends the job")
  func cancel() throws {
    let rig = try Rig(Outside())
    try rig.submit("j", simulate: ["seconds": 600])
    let daemon = rig.daemon()
    try rig.wait { try rig.state("j") == .running }
    try rig.run(.job("j", .cancel(reason: nil)))
    try rig.wait { try rig.state("j") == .canceled }
    try daemon.finish()
    #expect(try rig.details("j").job.released == Credits("5")!)
    #expect(rig.outside.requests("POST /v1/predictions/{id}/cancel", "200") == 1)
  }

  @Test("a provider without cancel is looked at on, not asked in a circle")
  func noCancel() throws {
    let rig = try Rig(Outside())
    try rig.submit("j", provider: "self-hosted", simulate: ["seconds": 1])
    let daemon = rig.daemon()
    try rig.wait { try rig.state("j") == .running }
    try rig.run(.job("j", .cancel(reason: nil)))
    try rig.wait { try rig.state("j") == .succeeded }
    try daemon.finish()
    #expect(try rig.details("j").job.polls < 60)
  }

  @Test("a check is noticed although nothing was due, and a submit beside it too")
  func wakes() throws {
    let rig = try Rig(Outside(pace: "0.1"), limits: ["poll": slow])
    let daemon = rig.daemon()
    try rig.submit("j")
    try rig.wait { try rig.state("j") == .dispatched }
    try rig.run(.job("j", .check(reason: nil)))
    try rig.wait { try rig.details("j").job.polls > 0 }
    try daemon.finish()
  }

  /// Nothing is due before an hour has passed.
  private let slow: JSON = ["start_s": 3600, "max_s": 3600, "slow_s": 3600]

  @Test("a pause is obeyed and named; polls go on; an unpause is enough")
  func pause() throws {
    let rig = try Rig(Outside(pace: "0.3"))
    try rig.submit("before")
    try rig.poll(.once)
    try rig.run(.pause(Pause(provider: "replicate", reason: "invoice open")))
    try rig.submit("after")
    guard case .drained(let open) = try rig.poll() else { throw RigError(reason: "no drain") }
    #expect(open.map(\.id) == ["after"] && open[0].state == .submitted)
    #expect(open[0].reason.contains("paused"))
    #expect(try rig.state("before") == .succeeded && rig.outside.posts == 1)
    try rig.run(.unpause(provider: "replicate", account: nil))
    #expect(try rig.poll() == .drained([]))
    #expect(try rig.state("after") == .succeeded)
  }

  @Test("patience that ends makes a job overdue, and its success is ordinary then")
  func patience() throws {
    let rig = try Rig(Outside())
    try rig.submit("j", simulate: ["seconds": 2], patienceMilliseconds: 300)
    let daemon = rig.daemon()
    try rig.wait { try rig.state("j") == .succeeded }
    try daemon.finish()
    let types = try rig.events("j").map(\.event.type)
    #expect(types.contains(.jobOverdue) && !types.contains(.jobRecovered))
    #expect(try rig.details("j").job.captured == Credits("5")!)
  }
}
