// OUT_OF_ORDER_NOTIFICATION: a webhook from before the end came after the one about the end.

extension DiagnosisRule {
  static let outOfOrderNotification = DiagnosisRule(
    "OUT_OF_ORDER_NOTIFICATION", "an earlier word came after the last one"
  ) { story in
    let calls = story.currentAnswers.filter { $0.channel == .webhook && $0.isBelievable }
    guard let index = calls.firstIndex(where: \.isEnd) else { return nil }
    let late = calls[index...].filter { $0.reading == .pending }
    guard let first = late.first else { return nil }
    return Proof(
      .certain, [calls[index].position] + late.map(\.position),
      """
      \(story.provider) said \(Spoken.quoted(calls[index].word)) and then, at \
      \(Waiting.text(first.time)), \(Spoken.quoted(first.word)): messages overtake each other, and \
      the end stays the end.
      """)
  }
}
