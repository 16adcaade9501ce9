// POLL_STOPPED_ON_ERROR: the last answer was a bad one, and nobody has asked since.

import Wire

extension DiagnosisRule {
  static let pollStoppedOnError = DiagnosisRule(
    "POLL_STOPPED_ON_ERROR", "one bad answer, and nobody asked again"
  ) { story in
    guard [.dispatched, .running, .overdue].contains(story.job.state),
      let late = story.lateSeconds, let due = story.job.nextAt,
      let last = story.currentAnswers.last, isBad(last)
    else { return nil }
    let bad = story.currentAnswers.reversed().prefix(while: isBad)
    return Proof(
      late >= Story.certainlyLateSeconds ? .certain : .probable, bad.map(\.position),
      """
      The last answer, \(last.text) (\(last.replyClass.name)) at \(Waiting.text(last.time)), said \
      nothing of the job; the next look was due at \(Waiting.text(due)), and nobody has asked in \
      the \(Spoken.duration(late)) since then: \(story.poller.words).
      """,
      next: story.pollCommand)
  }

  /// A look that brought no word of the job.
  private static func isBad(_ answer: Answer) -> Bool {
    answer.channel == .poll && answer.reading == .unknown
  }
}
