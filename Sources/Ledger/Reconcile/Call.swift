// A request that we sent to a provider, as an invoice is held against it: a step of a job.

package import Wire

/// One step of a job at one provider.
package struct Call: Sendable {
  package let number: SubjectNumber
  /// The job's text id.
  package let job: String
  package let account: String
  /// From 0.
  package let step: UInt32
  /// The provider's id of it; nil while it is not known.
  package let externalID: String?
  package let model: String?
  /// When it was accepted, or adopted.
  package let sent: Timestamp?
  /// When its verdict was written; nil while it is open.
  package let ended: Timestamp?
  package let state: JobState
  package let failure: FailureClass?
  /// Adopted when it may already have been at its end, so that nothing says when it ran.
  package let isUndated: Bool
  /// The job's price. 0: watched without money.
  package let hold: Credits
  /// What of the job's charge is for this step, before refunds and after.
  package let captured: Credits
  package let kept: Credits
  /// What the app took in its own books.
  package let charged: Credits?
  /// What the provider's reply said that it costs, in credits by the profile.
  package let price: Credits?

  /// Whether somebody paid for it.
  var isPaid: Bool { captured > .zero || (charged ?? .zero) > .zero }
}

extension Snapshot {
  /// Every step that was sent to a provider, or may have been, oldest job first.
  /// - Throws: errors of the books.
  package mutating func calls(to provider: String) throws -> [Call] {
    var numbers: [(SubjectNumber, Job)] = []
    try newestJobs { number, job in
      if job.attempts > 0 || job.handle != 0 || job.step > 0 { numbers.append((number, job)) }
      return true
    }
    var calls: [Call] = []
    for (number, job) in numbers.reversed() {
      if job.pipeline.isEmpty, try views.providerName(job.provider) != provider { continue }
      try add(number, job, provider, to: &calls)
    }
    return calls
  }

  private mutating func add(
    _ number: SubjectNumber, _ job: Job, _ provider: String, to calls: inout [Call]
  ) throws {
    guard let details = try details(number, job) else { return }
    // Steps are paid for in their order.
    var captured = job.captured
    var kept = job.captured - job.refunded
    for step in 0...min(job.step, UInt32(Limits.trackedSteps)) {
      let isLast = step + 1 >= job.steps
      let done = Int(step) < job.pipeline.count ? job.pipeline[Int(step)] : nil
      let share = isLast ? nil : done?.share ?? .zero
      let (mine, mineKept) = (min(captured, share ?? captured), min(kept, share ?? kept))
      captured -= mine
      kept -= mineKept
      let target = try target(of: Int(step), job, details.submitted)
      guard target.provider ?? details.provider == provider else { continue }
      let isCurrent = step == job.step
      guard isCurrent ? job.attempts > 0 || job.handle != 0 : done?.handle ?? 0 != 0 else {
        continue
      }
      let handle =
        isCurrent
        ? details.handle : try self.handle(at: done?.handle ?? 0, target.provider ?? provider)
      let end = isCurrent ? job.verdict : done?.succeeded ?? 0
      let verdict = try log.event(at: end)
      calls.append(
        Call(
          number: number, job: details.id, account: details.account, step: step,
          externalID: job.flags.contains(.duplicate) && isCurrent ? nil : handle?.externalID,
          model: target.model ?? handle?.model,
          sent: try isCurrent
            ? job.dispatchedAt ?? log.event(at: job.handle)?.time : handle?.since,
          ended: verdict?.time, state: isCurrent ? job.state : .succeeded,
          failure: isCurrent ? job.failureClass : nil,
          isUndated: job.flags.contains(.tracked) && job.polls < 2, hold: job.hold,
          captured: mine, kept: mineKept, charged: step == 0 ? details.submitted.charged : nil,
          price: isCurrent ? verdict?.event.reportedPrice : done?.charge))
    }
  }
}

extension Event {
  /// The price that a verdict's reply reported.
  fileprivate var reportedPrice: Credits? {
    if case .jobSucceeded(let body) = self { body.charge } else { nil }
  }
}
