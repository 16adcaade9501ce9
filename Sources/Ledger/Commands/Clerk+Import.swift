// Rows of an app's own job table. What that table says of a job is no verdict: with a handle the
// provider is asked again, without one a person must look.

import LMDB
import Wire

extension Clerk where Source: ~Copyable, Snapshot: ~Copyable {
  /// - Returns: the position of `job.submitted` when this row was taken over before; nil when the
  ///   group has the events.
  mutating func decide(
    _ row: ImportedRow, _ group: inout Group, _ now: Timestamp
  ) throws -> Position? {
    let submission = row.submission
    let name = Subject.Name.job(submission.id)
    if let number = try views.number(of: name), let job = try views.job(number),
      case .jobSubmitted(let body)? = try log.event(at: job.submitted)?.event,
      body.imported == row.row
    {
      return job.submitted
    }
    guard row.charged == nil || submission.hold == .zero else {
      throw Refusal(
        .invalid, "what the app charged already is not held again: charged needs a hold of 0")
    }
    if let handle = row.handle, let owner = try owner(of: handle, submission.provider) {
      throw taken(owner.subject)
    }
    let tracking = row.handle.map {
      Tracking(submission: submission, hasHold: true, handle: $0, charged: row.charged)
    }
    try decide(submission, tracking: tracking, imported: row, &group, now)
    if tracking == nil {
      group.add(Draft(name, .jobDispatchStarted(JobDispatchStarted(attempt: 1))))
      let doubt = JobDispatchUncertain(
        attempt: 1, fault: .interrupted, message: BlobReference("imported without a handle"))
      group.add(Draft(name, .jobDispatchUncertain(doubt)))
      let parked = JobParked(reason: .uncertainSubmit, message: BlobReference(row.advice))
      group.add(Draft(name, .jobParked(parked)))
    }
    return nil
  }
}
