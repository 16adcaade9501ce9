// Captured if and only if earned (PRODUCT, "Money"): every charge names what earned it, an event of
// the same job in the same group; every success has its charge, if only of 0.
//
// Which failures a profile lets the customer pay for does not stand in the log: of those the audit
// sees that it was a provider's failure or cancel, and no hold's end and no operator's. Which
// completed steps are paid for does: each of them by its own share and price, to the millionth.

import Wire

struct CaptureEvidence: AuditCheck {
  static let name = "evidence"

  mutating func look(
    at group: AuditGroup, _ jobs: AuditJobs, _ findings: inout AuditFindings
  ) {
    for posting in group.postings {
      guard case .creditCaptured(let body) = posting.event.event,
        let problem = problem(body, posting.event, group, jobs.job(posting.event.subject))
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
  func problem(
    _ captured: CreditCaptured, _ event: RecordedEvent, _ group: AuditGroup, _ job: Job?
  ) -> String? {
    let position = captured.evidence
    if let job, let step = job.pipeline.first(where: { $0.succeeded == position }), position != 0 {
      return problem(captured.amount, of: step, event.subject, group)
    }
    guard let proof = group.evidence(position, for: event) else {
      return "its evidence, position \(position), is no event of this job in its group"
    }
    switch proof.event {
    case .jobSucceeded(let body):
      guard let job, !job.pipeline.isEmpty, body.operator != true else { return nil }
      let price = job.fullPrice(body.charge)
      return captured.amount == price ? nil : "the price of all steps is \(price)"
    case .jobRecovered: return nil
    case .jobResolved(let body) where body.as == .succeeded: return nil
    case .jobFailed(let body) where body.class != .resolved: return excess(captured.amount, job)
    case .jobCanceled: return excess(captured.amount, job)
    default: return "\(proof.event.type.name) at position \(position) earns nothing"
    }
  }

  /// A failing step costs no more than its own share.
  private func excess(_ amount: Credits, _ job: Job?) -> String? {
    guard let job, amount > job.share else { return nil }
    return "the share of step \(job.step + 1) is \(job.share)"
  }

  /// A completed step is paid for by itself only where its profile says so and the job ended
  /// otherwise than succeeded, in the group of that end.
  private func problem(
    _ amount: Credits, of step: PipelineStep, _ job: SubjectNumber, _ group: AuditGroup
  ) -> String? {
    let hasEnded = group.events.contains { event in
      guard event.subject == job else { return false }
      switch event.event {
      case .jobFailed, .jobCanceled, .jobExpired: return true
      default: return false
      }
    }
    if !hasEnded { return "the job did not end with it" }
    if !step.isEarned { return "its profile does not charge completed steps" }
    return amount == step.price ? nil : "its price is \(step.price)"
  }

  private func isCharged(_ success: RecordedEvent, _ group: AuditGroup) -> Bool {
    group.postings.contains {
      $0.event.subject == success.subject && $0.movement.kind == .captured
    }
  }
}
