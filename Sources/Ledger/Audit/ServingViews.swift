// The views that serve are what a replay of the log makes of it (PRODUCT, invariant 9). They were
// opened before the log, so they are never ahead of it; the replay ends where they are.

import LMDB
import Wire

final class ServingViews: AuditCheck {
  static let name = "views"

  /// The generation that serves, pinned.
  private final class Pinned {
    let generation: Generation
    let views: Views<StoredRows<ReadTransaction>>
    init(_ generation: Generation) throws {
      self.generation = generation
      views = try generation.read()
    }
  }

  private let home: Home
  private let pinned: Pinned?
  private var replayed: Fold?
  private var problem: (position: Position, time: Timestamp, text: String)?

  /// Call before the log is read.
  init(_ home: Home) throws {
    self.home = home
    pinned = try Generation.current(of: home).map { try Pinned($0) }
    if pinned != nil { replayed = try Fold(from: NoRows()) }
  }

  func look(at group: AuditGroup, _ jobs: AuditJobs, _ findings: inout AuditFindings) {
    let end = pinned?.views.position ?? 0
    for event in group.events where event.position <= end && replayed != nil {
      do {
        try replayed?.apply(event, NoRows())
      } catch {
        replayed = nil
        problem = (event.position, event.time, BooksError(error).description)
      }
    }
  }

  func finish(_ end: AuditEnd, _ jobs: AuditJobs, _ findings: inout AuditFindings) throws {
    if let problem {
      // Where the reason was found, the finding stands there.
      guard end.isClean else { return }
      return findings.add(
        finding([problem.position], problem.time, problem.text, mend: "ledger verify"))
    }
    guard let pinned, var fold = replayed else { return }
    let position = pinned.views.position
    guard fold.position == position else {
      return findings.add(
        finding(
          [fold.position], nil, "the views are at position \(position), past the log's end",
          mend: "ledger replay"))
    }
    let digest = try ViewDigest(ofFolded: &fold, beside: home)
    let differences = digest.differences(from: try ViewDigest(of: pinned.views.source))
    guard !differences.isEmpty else { return }
    findings.add(
      finding(
        [position], nil,
        "generation \(pinned.generation.number) differs from a replay in "
          + differences.joined(separator: ", "), mend: "ledger replay"))
  }

  private func finding(
    _ positions: [Position], _ time: Timestamp?, _ message: String, mend: String
  ) -> AuditFinding {
    AuditFinding(
      positions: positions, job: nil, account: nil, amount: nil, message: message, mend: mend,
      time: time, jobNumber: nil)
  }
}
