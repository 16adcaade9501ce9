// A pattern that was recognised in a job's events, with its proof and what to do about it.

package import Wire

/// A pattern that was recognised in a job's events.
package struct Diagnosis: Sendable, Equatable {
  /// How sure it is.
  package enum Certainty: String, Sendable {
    /// The events say so themselves.
    case certain
    /// The events and the clock make it likely; something outside the log could explain it.
    case probable
  }

  /// e.g. `NEVER_POLLED` (PRODUCT, "Diagnoses").
  package let code: String
  /// The same in words, one line.
  package let title: String
  package let certainty: Certainty
  /// The events that prove it: ascending, at most `Limits.evidence`.
  package let evidence: [Position]
  /// One sentence: what happened to this job.
  package let what: String
  /// What to type next, with the job's own values in it; nil: nothing needs to be done.
  package let next: String?

  package init(
    code: String, title: String, certainty: Certainty, evidence: [Position], what: String,
    next: String?
  ) {
    self.code = code
    self.title = title
    self.certainty = certainty
    self.evidence = evidence
    self.what = what
    self.next = next
  }

  /// The contract's fields, then what else is known.
  package var json: JSON {
    [
      "code": .string(code), "certainty": .string(certainty.rawValue),
      "evidence": .array(evidence.map { .int($0) }), "title": .string(title),
      "what": .string(what), "do": .text(next),
    ]
  }
}
