// VERDICT_CONFLICT: it counts as succeeded, and the provider says that it failed.

extension DiagnosisRule {
  static let verdictConflict = DiagnosisRule(
    "VERDICT_CONFLICT", "succeeded, and then it failed"
  ) { story in
    guard story.job.state == .succeeded, let verdict = story.verdict else { return nil }
    // An output that was removed since then is no word against the success.
    let contrary = story.currentAnswers.filter {
      $0.position > verdict.position && $0.isBelievable && $0.replyClass != .gone
        && ($0.reading == .failed || $0.reading == .canceled)
    }
    guard let first = contrary.first else { return nil }
    let resolved = story.events.last { event in
      if case .jobResolved = event.event { true } else { false }
    }
    let who = resolved == nil ? "was" : "was resolved as"
    let isPaid = story.job.captured > story.job.refunded
    return Proof(
      .certain, [resolved?.position ?? 0, verdict.position] + contrary.map(\.position),
      """
      It \(who) succeeded at \(Waiting.text(verdict.time)), and at \(Waiting.text(first.time)) \
      \(story.provider) said \(Spoken.quoted(first.word)): both words stand, and no money moved.
      """,
      next: isPaid ? story.refundCommand(reason: "the provider says that it failed") : nil)
  }
}
