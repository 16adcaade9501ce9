// Captured if and only if earned (PRODUCT, "Money"): every charge names what earned it, an event of
// the same job in the same group; every success has its charge, if only of 0.
//
// Which failures a profile lets the customer pay for does not stand in the log: of those the audit
// sees that it was a provider's failure or cancel, and no hold's end and no operator's.

import Wire

struct CaptureEvidence: AuditCheck {
  static let name = "evidence"

  /// Completed steps of jobs that have several: their shares are captured when the job ends.
  private var steps: [SubjectNumber: Set<Position>] = [:]

  mutating func look(
    at group: AuditGroup, _ jobs: AuditJobs, _ findings: inout AuditFindings
  ) {
    for event in group.events {
      if case .jobStepSucceeded = event.event {
        steps[event.subject, default: []].insert(event.position)
      }
    }
    for posting in group.postings {
      guard case .creditCaptured(let body) = posting.event.event,
        let problem = problem(body.evidence, posting.event, group)
      else { continue }
      findings.add(
        jobs.finding(
          posting, [posting.event.position, body.evidence], body.amount,
          "\(body.amount) captured: \(problem)",
          mend: "ledger refund \(jobs.name(posting.event.subject)) \(body.amount) "
            + "--reason 'no evidence'"))
    }
    for event in group.events {
      guard case .jobSucceeded = event.event, !isCharged(event, group) else { continue }
      findings.add(
        jobs.finding(
          job: event.subject, [event.position], at: event.time,
          jobs.job(event.subject)?.hold,
          "the job succeeded and nothing was captured with it",
          mend: "ledger timeline \(jobs.name(event.subject))"))
    }
  }

  /// What is wrong with a charge's evidence; nil when it earns the charge.
  private func problem(
    _ position: Position, _ event: RecordedEvent, _ group: AuditGroup
  ) -> String? {
    if steps[event.subject]?.contains(position) == true { return nil }
    guard let proof = group.evidence(position, for: event) else {
      return "its evidence, position \(position), is no event of this job in its group"
    }
    switch proof.event {
    case .jobSucceeded, .jobRecovered, .jobStepSucceeded: return nil
    case .jobResolved(let body) where body.as == .succeeded: return nil
    case .jobFailed(let body) where body.class != .resolved: return nil
    case .jobCanceled: return nil
    default: return "\(proof.event.type.name) at position \(position) earns nothing"
    }
  }

  private func isCharged(_ success: RecordedEvent, _ group: AuditGroup) -> Bool {
    group.postings.contains {
      $0.event.subject == success.subject && $0.movement.kind == .captured
    }
  }
}
