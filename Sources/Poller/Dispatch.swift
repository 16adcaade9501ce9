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
  let now: Timestamp

  package init(_ job: Job, _ context: RequestContext, _ profile: Profile, now: Timestamp) {
    self.job = job
    self.context = context
    self.profile = profile
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
    case .notAccepted(.final):
      return .refuse(
        Refused(reading, exchange: exchange, billing: profile.billing, retryAt: nil))
    case .notAccepted(.retry), .accountProblem:
      let retryAt = schedule.nextSubmit(job, after: reading, now: now, using: &dice)
      return .refuse(
        Refused(reading, exchange: exchange, billing: profile.billing, retryAt: retryAt))
    case .uncertain, nil:
      return .doubt(Doubt(reading, exchange: exchange, job: context.jobID))
    }
  }

  /// An attempt that began, and whose end nobody learnt: the poller was stopped or died.
  /// - Parameters:
  ///   - details: the job; its handle is our own id, where that is the handle.
  ///   - limits: the provider's, when its profile is known.
  package static func lost(
    _ details: JobDetails, limits: ProfileLimits?, now: Timestamp
  ) -> JobCommand {
    if let id = details.handle?.externalID {
      let handle = FoundHandle(
        externalID: id, model: details.model, step: UInt64(details.job.step),
        patienceMilliseconds: limits.map { UInt64($0.patienceSeconds) * 1000 })
      return .accept(Acceptance(via: .ownID, handle: handle, nextAt: now))
    }
    let message = "the poller ended while this submit was under way"
    return .doubt(
      Doubt(
        fault: .interrupted, exchange: Exchange(message: message),
        advice: Doubt.advice(job: details.id)))
  }
}
