// What a rule found in a job's story.

/// A pattern and its proof.
struct Proof: Sendable, Equatable {
  let certainty: Diagnosis.Certainty
  /// Ascending, without repetition, bounded.
  let evidence: [Position]
  /// One sentence.
  let what: String
  /// What to type next; nil: nothing needs to be done.
  let next: String?

  /// - Parameter evidence: in any order; of more than `Limits.evidence` the first and the last.
  init(
    _ certainty: Diagnosis.Certainty, _ evidence: [Position], _ what: String, next: String? = nil
  ) {
    self.certainty = certainty
    let all = Set(evidence).subtracting([0]).sorted()
    let half = Limits.evidence / 2
    self.evidence =
      all.count > Limits.evidence ? Array(all.prefix(half) + all.suffix(half)) : all
    self.what = what
    self.next = next
  }
}
