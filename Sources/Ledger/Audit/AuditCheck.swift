// What every check of the audit can do. A new check is a file and a line in `AuditChecks.all`.

import Wire

/// One question asked of the whole log, group by group. It keeps its own sums: no check believes
/// another one, or the views.
protocol AuditCheck {
  /// Its name in output.
  static var name: String { get }

  /// Looks at the next group; `jobs` are as after it.
  mutating func look(
    at group: AuditGroup, _ jobs: AuditJobs, _ findings: inout AuditFindings
  ) throws

  /// The log has ended.
  mutating func finish(
    _ end: AuditEnd, _ jobs: AuditJobs, _ findings: inout AuditFindings
  ) throws
}

extension AuditCheck {
  mutating func look(
    at group: AuditGroup, _ jobs: AuditJobs, _ findings: inout AuditFindings
  ) throws {}

  mutating func finish(
    _ end: AuditEnd, _ jobs: AuditJobs, _ findings: inout AuditFindings
  ) throws {}
}

/// How things stand when the log has ended.
struct AuditEnd {
  let now: Timestamp
  /// The checks before this one found nothing.
  let isClean: Bool
}

enum AuditChecks {
  /// In the order of output. The views come last: they are compared only with sound events.
  static func all(_ views: ServingViews) -> [any AuditCheck] {
    [
      TrialBalance(), Solvency(), HoldConservation(), CaptureEvidence(), OneCapture(),
      ReleaseCauses(), OverdueHolds(), Waits(), JobLives(), views,
    ]
  }
}
