// UNKNOWN_STATUS_WORD: the provider said a word that its profile does not have.

extension DiagnosisRule {
  static let unknownStatusWord = DiagnosisRule(
    "UNKNOWN_STATUS_WORD", "a word that no profile knows"
  ) { story in
    let said = story.answers.filter { $0.replyClass == .unknownWord && $0.isBelievable }
    guard let last = said.last else { return nil }
    let isLast = story.isOpen && story.job.answer == last.position
    return Proof(
      .certain, said.map(\.position),
      """
      \(story.provider) said \(Spoken.quoted(last.word)) \(Spoken.times(said.count)), which is in \
      no word list of its profile: it counts as neither success nor failure\
      \(isLast ? ", and the job stays open" : ", and another word decided").
      """,
      next: NextCommand("provider show").operand(story.provider).text)
  }
}
