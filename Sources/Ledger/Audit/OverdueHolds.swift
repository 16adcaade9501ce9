// A hold that has come to its own end is ended: the poller does it, so one that is still open says
// that no poller runs. Never while outputs are being stored (PRODUCT, rule 6).

import Wire

struct OverdueHolds: AuditCheck {
  static let name = "overdue_holds"

  mutating func finish(
    _ end: AuditEnd, _ jobs: AuditJobs, _ findings: inout AuditFindings
  ) {
    for (number, entry) in jobs.open {
      let job = entry.job
      guard job.state != .storing, let holdExpires = job.holdExpires, holdExpires <= end.now else {
        continue
      }
      findings.add(
        jobs.finding(
          job: number, [job.submitted], at: job.submittedAt, job.openHold,
          "the hold ended at \(Waiting.text(holdExpires)) and the job is still \(job.state.name)",
          mend: "ledger poll --once"))
    }
  }
}
