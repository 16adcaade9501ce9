// Which findings a selector means. The whole log is always added up: a part of it balances nothing.

import LMDB
import Wire

/// A selector, asked of findings.
struct AuditScope {
  let selector: Selector

  /// What is about no job and no account is about everybody's.
  func holds<Snapshot: Transaction & ~Copyable>(
    _ finding: AuditFinding, _ jobs: AuditJobs, _ log: borrowing LogSnapshot<Snapshot>
  ) throws -> Bool {
    guard finding.job != nil || finding.account != nil else { return true }
    if selector.since != nil || selector.until != nil, !selector.holds(at: finding.time) {
      return false
    }
    if let account = selector.account, finding.account != account { return false }
    if let number = finding.jobNumber { return try holds(number, jobs, log) }
    return selector.provider == nil && !selector.namesJobs
  }

  /// Whether a job is meant, times left aside.
  func holds<Snapshot: Transaction & ~Copyable>(
    _ number: SubjectNumber, _ jobs: AuditJobs, _ log: borrowing LogSnapshot<Snapshot>
  ) throws -> Bool {
    guard let entry = jobs.entries[number] else { return false }
    if let account = selector.account, jobs.name(entry.job.account) != account { return false }
    if let provider = selector.provider, entry.provider != provider { return false }
    if let model = selector.model, entry.model != model { return false }
    if !selector.states.isEmpty, !selector.states.contains(entry.job.state) { return false }
    guard !selector.meta.isEmpty else { return true }
    let kept = try entry.meta?.name.flatMap { try log.blob($0) }
    let labels = kept.flatMap { try? JSON(parsing: $0) }
    return selector.meta.allSatisfy { labels?[$0.name]?.isSameLabel(as: $0.value) ?? false }
  }
}
