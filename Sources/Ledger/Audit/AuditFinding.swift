// What an audit found: where it stands in the log, whom it is about, how much, and what mends it.

package import Wire

/// One thing that is wrong.
package struct AuditFinding: Sendable, Equatable {
  /// The events that prove it, at least one unless it is about the whole.
  package let positions: [Position]
  /// The job's text id; nil when it is about no job.
  package let job: String?
  /// The account's text id; nil when it is about no account.
  package let account: String?
  /// How many credits are wrong; nil when it is not about credits.
  package let amount: Credits?
  /// One sentence without a full stop.
  package let message: String
  /// The command that mends it, or the one that shows it where a person must decide.
  package let mend: String
  /// When the first of the events was recorded; for selectors.
  let time: Timestamp?
  let jobNumber: SubjectNumber?

  package var json: JSON {
    [
      "positions": .array(positions.map { .int($0) }), "job": .text(job),
      "account": .text(account), "amount": amount.map(JSON.credits) ?? .null,
      "message": .string(message), "mend": .string(mend),
    ]
  }
}

/// The findings of one check, as they are made.
struct AuditFindings {
  /// Findings of one check that are kept; of what comes after them only the number is known.
  static let max = 100_000

  private(set) var list: [AuditFinding] = []
  /// Findings beyond `max`.
  private(set) var uncounted = 0

  var isEmpty: Bool { list.isEmpty }

  mutating func add(_ finding: AuditFinding) {
    if list.count < AuditFindings.max { list.append(finding) } else { uncounted += 1 }
  }
}
