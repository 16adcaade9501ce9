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
      types.filter { ![.jobPolled, .jobNotified, .jobProgressed].contains($0) }
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

  @Test("credits come to their end by the poller's tick, whether or not anything is asked")
  func ends() throws {
    let rig = try Rig(Outside())
    try rig.run(
      .grant(Grant(account: "acme", amount: Credits("7")!, expires: .after(1000))))
    try rig.run(
      .grant(Grant(account: "other", amount: Credits("3")!, expires: .after(1000))))
    let daemon = rig.daemon()
    func expired(_ id: String) throws -> Credits? {
      try rig.books.read { try $0.accountStatus(id)?.account.expired }
    }
    try rig.wait { try expired("acme") == Credits("7") && expired("other") == Credits("3") }
    try daemon.finish()
    #expect(try rig.books.read { try $0.nextEnd(after: .epoch) } == nil)
  }

  @Test("a job tracked by its status URL alone is polled there, to its verdict")
  func statusURL() throws {
    let rig = try Rig(Outside(pace: "0.2"))
    try rig.submit("own")
    try rig.poll()
    let url = try #require(try rig.details("own").handle?.urls["status"])
    var submission = Submission(
      id: "adopted", account: "acme", provider: "replicate", hold: Credits("2")!)
    submission.model = "acme/clip"
    let handle = FoundHandle(urls: JSONObject([.init("status", url)]))
    try rig.run(.track(Tracking(submission: submission, hasHold: true, handle: handle)))
    #expect(try rig.poll() == .drained([]))
    let job = try rig.details("adopted").job
    #expect(job.state == .succeeded && job.captured == Credits("2"))
  }

  @Test("past the hold's end a job is looked at on, slowly, and its success is a late one")
  func late() throws {
    let rig = try Rig(Outside(), limits: ["retention_s": 3600])
    try rig.submit("j", simulate: ["seconds": 3], holdSeconds: 1)
    let daemon = rig.daemon()
    try rig.wait { try rig.state("j") == .succeeded }
    try daemon.finish()
    let types = try rig.events("j").map(\.event.type)
    #expect(types.contains(.jobExpired) && types.last == .jobRecovered)
    let job = try rig.details("j").job
    #expect(job.writtenOff == Credits("5") && job.released == Credits("5") && job.nextAt == nil)
  }

  @Test("when the provider has forgotten the job, nobody looks any more")
  func forgotten() throws {
    let rig = try Rig(Outside(), limits: ["retention_s": 1, "patience_s": 1])
    try rig.submit("j", simulate: ["seconds": 600], holdSeconds: 1)
    let daemon = rig.daemon()
    try rig.wait { try rig.state("j") == .expired && rig.details("j").job.nextAt == nil }
    try daemon.finish()
    #expect(try rig.details("j").job.released == Credits("5"))
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
