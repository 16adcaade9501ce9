// A diagnosis with the job it is about: a line of `incidents`.

package import Wire

/// One recognised pattern.
package struct Incident: Sendable {
  package let diagnosis: Diagnosis
  /// Nil where it is about none.
  package let job: String?
  package let account: String?
  package let provider: String?
  /// Of the newest event that proves it.
  package let at: Timestamp?

  package var json: JSON {
    [
      "code": .string(diagnosis.code), "job": .text(job), "account": .text(account),
      "provider": .text(provider), "certainty": .string(diagnosis.certainty.rawValue),
      "evidence": .array(diagnosis.evidence.map { .int($0) }), "at": .time(at),
      "title": .string(diagnosis.title), "what": .string(diagnosis.what),
      "do": .text(diagnosis.next),
    ]
  }
}

extension Snapshot {
  /// What the jobs that `selector` means show.
  ///
  /// - Returns: newest first; empty as long as no diagnosis is known to the program.
  /// - Throws: errors of the books.
  package mutating func incidents(_ selector: Selector, now: Timestamp) throws -> [Incident] { [] }
}
