// DUPLICATE_NOTIFICATION: the message about the end came more than once.

extension DiagnosisRule {
  static let duplicateNotification = DiagnosisRule(
    "DUPLICATE_NOTIFICATION", "the same webhook, twice"
  ) { story in
    let ends = story.currentAnswers.filter {
      $0.channel == .webhook && $0.isBelievable && $0.isEnd
    }
    guard let first = ends.first, ends.count > 1, ends.allSatisfy({ $0.reading == first.reading })
    else { return nil }
    let captures = story.events.filter { event in
      if case .creditCaptured = event.event { true } else { false }
    }
    return Proof(
      .certain, ends.map(\.position),
      """
      \(story.provider) said \(Spoken.quoted(first.word)) by webhook \(Spoken.times(ends.count)); \
      the first one counted, the customer was charged \
      \(captures.isEmpty ? "nothing" : Spoken.times(captures.count)).
      """)
  }
}
