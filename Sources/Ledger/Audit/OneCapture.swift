// A job is charged once: one capture for each event that earned it, in one group for each hold.

import Wire

struct OneCapture: AuditCheck {
  static let name = "one_capture"

  /// Holds and the groups that captured of them.
  private struct Count {
    var holds = 0
    var captured: [Position] = []
  }

  private var counts = NumberTable<Count>()

  mutating func look(
    at group: AuditGroup, _ jobs: AuditJobs, _ findings: inout AuditFindings
  ) {
    guard !group.postings.isEmpty else { return }
    var earned: [Position: Position] = [:]
    var seen: Set<SubjectNumber> = []
    for posting in group.postings {
      let (event, job) = (posting.event, posting.event.subject)
      if posting.movement.kind == .held { counts[job, default: Count()].holds += 1 }
      guard case .creditCaptured(let body) = event.event else { continue }
      if let first = earned.updateValue(event.position, forKey: body.evidence) {
        note(posting, [first, event.position], jobs, &findings)
      }
      guard seen.insert(job).inserted else { continue }
      counts[job, default: Count()].captured.append(event.position)
      if let count = counts[job], count.captured.count > max(1, count.holds) {
        note(posting, count.captured, jobs, &findings)
      }
    }
  }

  private func note(
    _ posting: AuditGroup.Posting, _ positions: [Position], _ jobs: AuditJobs,
    _ findings: inout AuditFindings
  ) {
    let amount = posting.movement.amount
    findings.add(
      jobs.finding(
        posting, positions, amount, "\(amount) captured once more for the same work",
        mend: "ledger refund \(jobs.name(posting.event.subject)) \(amount) "
          + "--reason 'captured twice'"))
  }
}
