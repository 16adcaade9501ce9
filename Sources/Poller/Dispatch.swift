// What becomes of an attempt. Pure; PRODUCT, "A job's life", rule 3, from the poller's side.

package import Ledger
package import Providers
package import Wire

/// The end of one submit.
package struct Dispatch {
  /// The job's row when the answer is recorded.
  let job: Job
  let context: RequestContext
  let profile: Profile
  /// Earlier attempts that this one repeats under the same key.
  let doubts: Doubts
  let now: Timestamp

  package init(
    _ job: Job, _ context: RequestContext, _ profile: Profile, _ doubts: Doubts = Doubts(),
    now: Timestamp
  ) {
    self.job = job
    self.context = context
    self.profile = profile
    self.doubts = doubts
    self.now = now
  }

  /// The command that a submit's answer, or the lack of one, comes to.
  package func settle(
    _ reading: ReplyReading, _ exchange: Exchange, using dice: inout some RandomNumberGenerator
  ) -> JobCommand {
    let schedule = Schedule(profile.limits)
    switch reading.proof {
    case .accepted:
      let pollAt =
        reading.mustFetchResult ? now : schedule.firstPoll(now: now, using: &dice)
      return .accept(
        Acceptance(reading, of: context, exchange: exchange, profile: profile, pollAt: pollAt))
    // A refusal of the repeat says nothing of the attempt it repeats: that may be at the provider.
    case .notAccepted where doubts.count > 0, .accountProblem where doubts.count > 0:
      return doubt(reading, exchange, using: &dice)
    case .notAccepted(.final):
      return .refuse(
        Refused(reading, exchange: exchange, billing: profile.billing, retryAt: nil))
    case .notAccepted(.retry), .accountProblem:
      let retryAt = schedule.nextSubmit(job, after: reading, now: now, using: &dice)
      return .refuse(
        Refused(reading, exchange: exchange, billing: profile.billing, retryAt: retryAt))
    case .uncertain, nil:
      return doubt(reading, exchange, using: &dice)
    }
  }

  private func doubt(
    _ reading: ReplyReading, _ exchange: Exchange, using dice: inout some RandomNumberGenerator
  ) -> JobCommand {
    var doubt = Doubt(reading, exchange: exchange, job: context.jobID)
    if doubt.fault == .unreadable, let status = exchange.httpStatus, (400...499).contains(status) {
      doubt.advice =
        "an attempt in doubt was repeated and refused (HTTP \(status)); " + doubt.advice
    }
    var after = doubts
    after.count += 1
    let schedule = Schedule(profile.limits)
    if after.allowRepeat(job, profile, now: now) {
      doubt.reconcileAt = schedule.nextSubmit(job, after: reading, now: now, using: &dice)
    } else if let rule = profile.reconcile {
      doubt.reconcileAt = schedule.firstLook(after: rule.afterSeconds, now: now, using: &dice)
    }
    return .doubt(doubt)
  }

  /// An attempt that began, and whose end nobody learnt: the poller was stopped or died.
  /// - Parameters:
  ///   - details: the job; its handle is our own id, where that is the handle.
  ///   - profile: the provider's, when it is known.
  package static func lost(
    _ details: JobDetails, profile: Profile?, now: Timestamp
  ) -> JobCommand {
    if let id = details.handle?.externalID {
      let handle = FoundHandle(
        externalID: id, model: details.model, step: UInt64(details.job.step),
        patienceMilliseconds: profile.map { UInt64($0.limits.patienceSeconds) * 1000 })
      return .accept(Acceptance(via: .ownID, handle: handle, nextAt: now))
    }
    let message = "the poller ended while this submit was under way"
    let canFind =
      profile?.reconcile != nil
      || profile?.honoursIdempotencyKeys == true && details.job.flags.contains(.repeatable)
    return .doubt(
      Doubt(
        fault: .interrupted, exchange: Exchange(message: message),
        reconcileAt: canFind ? now.advanced(seconds: profile?.reconcile?.afterSeconds ?? 1) : nil,
        advice: Doubt.advice(job: details.id)))
  }
}
