// When to look again. Pure: a profile's rhythm, the job's history, the reply, now, and dice.

import Glibc
package import Ledger
package import Providers
package import Wire

/// The rhythm of one provider.
package struct Schedule: Sendable, Equatable {
  /// A provider's own wish is honoured up to here, seconds: a typing error of its must not make us
  /// miss the hour in which an output can be fetched.
  package static let retryAfterSecondsMax = 3600.0
  /// Rhythm once the provider has forgotten the job by its own word, seconds.
  package static let afterRetentionSeconds = 86_400.0

  package let limits: ProfileLimits

  package init(_ limits: ProfileLimits) { self.limits = limits }

  /// The first look at a job that was just accepted.
  package func firstPoll(
    now: Timestamp, using dice: inout some RandomNumberGenerator
  ) -> Timestamp {
    now.advanced(seconds: jittered(limits.poll.startSeconds, &dice))
  }

  /// The next look after a reply that is no verdict.
  /// - Parameters:
  ///   - job: its row before the reply is recorded.
  ///   - isPastHold: the hold's end has come: only a late success is looked for.
  ///   - isStreamed: a healthy stream tells of the job: polls only make sure.
  package func nextPoll(
    _ job: Job, after reading: ReplyReading, isPastHold: Bool = false, isStreamed: Bool = false,
    now: Timestamp, using dice: inout some RandomNumberGenerator
  ) -> Timestamp {
    if reading.mustFetchResult { return now }
    var seconds =
      switch reading.replyClass {
      case .ok where reading.state != .unknown: interval(job.stepPolls)
      case .ok, .transient, .rateLimited, .unknownWord: backoff(failures: job.failedPolls)
      // Asking faster mends none of these; they are for a person to see.
      case .permanent, .insufficientCredit, .gone, .moderated: limits.poll.slowSeconds
      }
    if isStreamed, reading.replyClass == .ok { seconds = max(seconds, limits.poll.maxSeconds) }
    if isPastHold || isOverdue(job, now) { seconds = max(seconds, limits.poll.slowSeconds) }
    if isForgotten(job, now) { seconds = max(seconds, Schedule.afterRetentionSeconds) }
    return wished(reading, now.advanced(seconds: jittered(seconds, &dice)), now, &dice)
  }

  /// The next submit of a job whose attempt was proved not accepted.
  package func nextSubmit(
    _ job: Job, after reading: ReplyReading, now: Timestamp,
    using dice: inout some RandomNumberGenerator
  ) -> Timestamp {
    // An account problem pauses submission; once it is unpaused, nothing else is waited for.
    if reading.proof == .accountProblem { return now }
    let seconds = backoff(failures: job.attempts)
    return wished(reading, now.advanced(seconds: jittered(seconds, &dice)), now, &dice)
  }

  /// The first look for a job whose submit is in doubt.
  package func firstLook(
    after seconds: Double, now: Timestamp, using dice: inout some RandomNumberGenerator
  ) -> Timestamp {
    now.advanced(seconds: jittered(seconds, &dice))
  }

  /// A pause that doubles, at most an hour, in seconds.
  package func doubled(
    _ seconds: Double, times: UInt32, using dice: inout some RandomNumberGenerator
  ) -> Double {
    jittered(min(3600, seconds * pow(2, Double(times))), &dice)
  }

  /// The rhythm of a job that is well: each interval is the one before × factor.
  private func interval(_ polls: UInt32) -> Double {
    let poll = limits.poll
    return min(poll.maxSeconds, poll.startSeconds * pow(poll.factor, Double(polls) + 1))
  }

  /// Doubled with each failure in a row, up to the slow rhythm.
  private func backoff(failures: UInt32) -> Double {
    let poll = limits.poll
    let most = max(poll.maxSeconds, poll.slowSeconds)
    return min(most, poll.startSeconds * pow(2, Double(failures)))
  }

  private func isOverdue(_ job: Job, _ now: Timestamp) -> Bool {
    job.state == .overdue || job.overdueAt.map { $0 <= now } ?? false
  }

  /// The provider keeps nothing of the job any more, by its own word.
  package func isForgotten(_ job: Job, _ now: Timestamp) -> Bool {
    guard let start = job.dispatchedAt else { return false }
    return now.seconds(since: start) > Double(limits.retentionSeconds + limits.patienceSeconds)
  }

  /// Not before the provider wants to be asked again, and not all jobs at that very moment.
  private func wished(
    _ reading: ReplyReading, _ planned: Timestamp, _ now: Timestamp,
    _ dice: inout some RandomNumberGenerator
  ) -> Timestamp {
    guard let wish = reading.retryAfterSeconds else { return planned }
    let seconds = min(Double(wish), Schedule.retryAfterSecondsMax)
    let spread =
      limits.poll.startSeconds * limits.poll.jitter * Double.random(in: 0...1, using: &dice)
    return max(planned, now.advanced(seconds: seconds + spread))
  }

  private func jittered(_ seconds: Double, _ dice: inout some RandomNumberGenerator) -> Double {
    seconds * (1 + limits.poll.jitter * Double.random(in: -1...1, using: &dice))
  }
}
