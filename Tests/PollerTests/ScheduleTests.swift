// When to look again: given a job and a reply, then this much later. No clock, dice from a seed.

import Ledger
import Poller
import Providers
import Support
import Testing
import Wire

@Suite("The schedule", .seeded) struct ScheduleTests {
  private let now = Timestamp("2026-11-21T09:30:00Z")!

  /// start 1 s, at most 10 s, ×2, slow 120 s; without chance unless asked for.
  private func schedule(jitter: Double = 0) -> Schedule {
    var limits = ProfileLimits()
    limits.poll.startSeconds = 1
    limits.poll.maxSeconds = 10
    limits.poll.factor = 2
    limits.poll.jitter = jitter
    limits.poll.slowSeconds = 120
    limits.patienceSeconds = 3600
    limits.retentionSeconds = 7200
    return Schedule(limits)
  }

  private func seconds(
    _ job: Job, _ reading: ReplyReading, _ schedule: Schedule? = nil
  ) -> Double {
    var dice = Seed.generator(for: "schedule")
    let next = (schedule ?? self.schedule())
      .nextPoll(job, after: reading, now: now, using: &dice)
    return next.seconds(since: now)
  }

  private func job(polls: UInt32 = 0, failed: UInt32 = 0) -> Job {
    var job = Job()
    job.state = .running
    job.polls = polls
    job.failedPolls = failed
    job.dispatchedAt = now
    return job
  }

  private func reading(_ replyClass: ReplyClass, _ state: Reading = .unknown) -> ReplyReading {
    var reading = ReplyReading()
    reading.replyClass = replyClass
    reading.state = state
    return reading
  }

  @Test(
    "a job that is well is looked at less and less often, up to the most",
    arguments: [(0, 2.0), (1, 4), (2, 8), (3, 10), (1000, 10)] as [(UInt32, Double)])
  func growing(_ polls: UInt32, _ expected: Double) {
    #expect(seconds(job(polls: polls), reading(.ok, .pending)) == expected)
  }

  @Test(
    "failures in a row double the pause, up to the slow rhythm",
    arguments: [(0, 1.0), (1, 2), (5, 32), (7, 120), (4_000_000_000, 120)] as [(UInt32, Double)])
  func backoff(_ failed: UInt32, _ expected: Double) {
    for replyClass in [ReplyClass.transient, .rateLimited, .unknownWord] {
      #expect(seconds(job(failed: failed), reading(replyClass)) == expected)
    }
  }

  @Test(
    "what only a person can mend is looked at slowly",
    arguments: [ReplyClass.permanent, .insufficientCredit])
  func slow(_ replyClass: ReplyClass) {
    #expect(seconds(job(), reading(replyClass)) == 120)
  }

  @Test("an overdue job is looked at slowly, also when it is well")
  func overdue() {
    var late = job()
    late.state = .overdue
    #expect(seconds(late, reading(.ok, .pending)) == 120)
    var ending = job()
    ending.overdueAt = now
    #expect(seconds(ending, reading(.ok, .pending)) == 120)
  }

  @Test("long after the provider has forgotten the job, once a day is enough")
  func forgotten() {
    var old = job()
    old.dispatchedAt = now.advanced(seconds: -10_801)
    #expect(seconds(old, reading(.permanent)) == 86_400)
    old.dispatchedAt = now.advanced(seconds: -10_799)
    #expect(seconds(old, reading(.permanent)) == 120)
  }

  @Test(
    "the provider's wish is honoured, never undercut, and bounded",
    arguments: [(5, 5.0), (0, 1), (86_400, 3600)])
  func retryAfter(_ wish: Int, _ expected: Double) {
    var reading = reading(.rateLimited)
    reading.retryAfterSeconds = wish
    #expect(seconds(job(), reading) == expected)
  }

  @Test("a finished job's result is fetched at once")
  func result() {
    var reading = reading(.ok, .pending)
    reading.mustFetchResult = true
    #expect(seconds(job(), reading) == 0)
  }

  @Test("chance spreads the jobs within its share, and never before the provider's wish")
  func jitter() {
    var dice = Seed.generator(for: "jitter")
    let schedule = schedule(jitter: 0.2)
    var seen: Set<Double> = []
    var throttled = reading(.rateLimited)
    throttled.retryAfterSeconds = 30
    for _ in 0..<200 {
      let pending = schedule.nextPoll(
        job(polls: 9), after: reading(.ok, .pending), now: now, using: &dice)
      #expect((8.0...12.0).contains(pending.seconds(since: now)))
      seen.insert(pending.seconds(since: now))
      let wished = schedule.nextPoll(job(), after: throttled, now: now, using: &dice)
      #expect((30.0...30.2).contains(wished.seconds(since: now)))
    }
    #expect(seen.count > 100)
  }

  @Test("a refused submit waits longer with each attempt; an account problem only for its pause")
  func resubmit() {
    var dice = Seed.generator(for: "resubmit")
    var job = job()
    for (attempts, expected) in [(1, 2.0), (2, 4), (30, 120)] as [(UInt32, Double)] {
      job.attempts = attempts
      let next = schedule().nextSubmit(job, after: reading(.transient), now: now, using: &dice)
      #expect(next.seconds(since: now) == expected)
    }
    var account = reading(.insufficientCredit)
    account.proof = .accountProblem
    #expect(schedule().nextSubmit(job, after: account, now: now, using: &dice) == now)
  }
}
