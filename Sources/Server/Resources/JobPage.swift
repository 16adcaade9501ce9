// A page of jobs, newest first, as far as a principal may see them.

import Ledger
import Wire

/// Jobs that a selector means, from one position backwards.
struct JobPage {
  private let statuses: [JobStatus]
  private let head: Position
  private let nextBefore: Position?

  /// - Parameters:
  ///   - before: only jobs handed in before it.
  ///   - after: only jobs changed after it.
  init(
    _ selector: Selector, _ principal: Principal, before: Position?, after: Position,
    asOf: Position?, limit: Int, now: Timestamp, _ snapshot: inout Snapshot
  ) throws {
    var found: [JobStatus] = []
    var last: Position?
    var hasMore = false
    var wide = selector
    if asOf != nil { wide.states = [] }
    // Where everything is seen and nothing asked, the newest few are the answer.
    let isPlain = principal.seesAll && before == nil && asOf == nil
    for number in try snapshot.jobs(wide, after: after, limit: isPlain ? limit + 1 : .max) {
      guard let job = try snapshot.job(number), before.map({ job.submitted < $0 }) ?? true,
        try JobPage.isSeen(job, by: principal, &snapshot)
      else { continue }
      guard found.count < limit else {
        hasMore = true
        break
      }
      let status =
        try asOf.map { try snapshot.status(number, asOf: $0, now: now) }
        ?? snapshot.status(number, now: now)
      guard let status else { continue }
      if asOf != nil, !selector.states.isEmpty, !selector.states.contains(status.state) { continue }
      found.append(status)
      last = job.submitted
    }
    statuses = found
    head = snapshot.head
    nextBefore = hasMore ? last : nil
  }

  private static func isSeen(
    _ job: Job, by principal: Principal, _ snapshot: inout Snapshot
  ) throws -> Bool {
    if principal.seesAll { return true }
    return try snapshot.subject(job.account).map { principal.sees(account: $0.name.id) } ?? false
  }

  var json: JSON {
    [
      "jobs": .array(statuses.map(\.json)), "head": .int(head),
      "next": nextBefore.map { .int($0) } ?? .null,
    ]
  }
}
