// No job is forgotten (PRODUCT, invariant 10): every open job has a next time, or is parked with a
// reason. One whose outputs are being stored waits for those.

import Wire

struct Waits: AuditCheck {
  static let name = "waits"

  mutating func finish(
    _ end: AuditEnd, _ jobs: AuditJobs, _ findings: inout AuditFindings
  ) {
    for (number, entry) in jobs.open {
      let job = entry.job
      let isWaiting =
        switch job.state {
        case .storing: true
        case .parked: job.parkReason != nil
        default: job.nextAt != nil
        }
      guard !isWaiting else { continue }
      let positions = [job.answer, job.handle, job.submitted].filter { $0 != 0 }.prefix(1)
      findings.add(
        jobs.finding(
          job: number, Array(positions), at: job.updatedAt, job.openHold,
          "the job is \(job.state.name) and nobody will look at it",
          mend: "ledger check \(entry.id)"))
    }
  }
}
