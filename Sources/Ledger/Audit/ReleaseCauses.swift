// A hold is given back for a reason that ends it (PRODUCT, "A job's life", rules 1 to 6): a
// definitive failure, a cancel, the hold's own end, an operator's decision, or as the rest of a
// partial capture. Never because a request went wrong.

import Wire

struct ReleaseCauses: AuditCheck {
  static let name = "releases"

  mutating func look(
    at group: AuditGroup, _ jobs: AuditJobs, _ findings: inout AuditFindings
  ) {
    for posting in group.postings {
      guard case .creditReleased(let body) = posting.event.event,
        let problem = problem(body.evidence, posting.event, group, jobs)
      else { continue }
      findings.add(
        jobs.finding(
          posting, [posting.event.position, body.evidence], body.amount,
          "\(body.amount) released: \(problem)",
          mend: "ledger check \(jobs.name(posting.event.subject))"))
    }
  }

  /// What is wrong with a release's cause; nil when it ends the hold.
  private func problem(
    _ position: Position, _ event: RecordedEvent, _ group: AuditGroup, _ jobs: AuditJobs
  ) -> String? {
    guard let cause = group.evidence(position, for: event) else {
      return "its cause, position \(position), is no event of this job in its group"
    }
    let before = group.events(of: cause.subject, before: cause.position)
    switch cause.event {
    case .jobSucceeded, .jobRecovered: return nil  // the rest of what was charged
    case .jobResolved(let body) where body.as == .failed: return nil
    case .jobExpired(let body):
      return body.holdExpires <= cause.time ? nil : "the hold ends only at \(body.holdExpires)"
    case .jobFailed: return before.contains(where: isFailure) ? nil : groundless(cause, before)
    case .jobCanceled:
      if before.contains(where: isCancel) { return nil }
      // Asked for while the step before was under way: the next one was never sent.
      if case .jobStepSucceeded? = before.last?.event { return nil }
      let wasAsked = before.contains { isAnswer($0) }
      let isSent = jobs.job(cause.subject)?.flags.contains(.hasHandle) ?? true
      return isSent || wasAsked ? groundless(cause, before) : nil
    default: return "\(cause.event.type.name) at position \(position) ends no hold"
    }
  }

  private func groundless(_ cause: RecordedEvent, _ before: [RecordedEvent]) -> String {
    guard let answer = before.last(where: isAnswer) else {
      return "nothing definitive was heard before \(cause.event.type.name)"
    }
    if case .jobPolled(let body) = answer.event, let fault = body.fault {
      return "a transport error (\(fault.name) at position \(answer.position)) is no verdict"
    }
    return "the answer at position \(answer.position) is no verdict"
  }

  private func isAnswer(_ event: RecordedEvent) -> Bool {
    switch event.event {
    case .jobPolled, .jobNotified, .jobDispatchRefused: true
    default: false
    }
  }

  private func isFailure(_ event: RecordedEvent) -> Bool {
    switch event.event {
    case .jobDispatchRefused(let body): !body.retry
    case .jobResolved(let body): body.as == .failed
    // A success word without outputs is a failure too.
    default: reading(event).map { $0 == .failed || $0 == .succeeded } ?? false
    }
  }

  private func isCancel(_ event: RecordedEvent) -> Bool {
    if case .jobDispatchRefused = event.event { return true }
    return reading(event) == .canceled
  }

  /// What a believable answer said; nil for everything else.
  private func reading(_ event: RecordedEvent) -> Reading? {
    switch event.event {
    case .jobPolled(let body): body.fault == nil ? body.reading : nil
    case .jobNotified(let body):
      body.channel != .webhook || body.verified == true ? body.reading : nil
    default: nil
    }
  }
}
