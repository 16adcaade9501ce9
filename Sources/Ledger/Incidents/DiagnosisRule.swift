// A diagnosis as a rule: a pure function of a job's story. All of them are in `Rules.swift`.

/// How to recognise one pattern.
package struct DiagnosisRule: Sendable {
  /// e.g. `NEVER_POLLED` (PRODUCT, "Diagnoses").
  package let code: String
  /// The same in words: one line, at most 48 characters.
  package let title: String
  /// The same story, the same answer.
  let find: @Sendable (Story) -> Proof?

  init(_ code: String, _ title: String, find: @escaping @Sendable (Story) -> Proof?) {
    self.code = code
    self.title = title
    self.find = find
  }
}

extension Story {
  /// Everything that is recognised in it, the most important first.
  package var diagnoses: [Diagnosis] {
    var found: [Diagnosis] = []
    for rule in DiagnosisRule.all {
      guard !isSilenced(rule, by: found), let proof = rule.find(self) else { continue }
      found.append(
        Diagnosis(
          code: rule.code, title: rule.title, certainty: proof.certainty,
          evidence: proof.evidence, what: proof.what, next: proof.next))
    }
    return found
  }

  private func isSilenced(_ rule: DiagnosisRule, by found: [Diagnosis]) -> Bool {
    guard !found.isEmpty, let sharper = DiagnosisRule.silencedBy[rule.code] else { return false }
    return found.contains { sharper.contains($0.code) }
  }
}
