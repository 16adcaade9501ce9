// WEBHOOK_LOST: the provider was told where to call, the job ended, and no call came.

import Wire

extension DiagnosisRule {
  /// How long after the end a webhook may be on its way, seconds.
  private static let webhookSeconds = 5.0
  /// The longest that a provider tries again by its own documentation, seconds (PROVIDERS, A).
  private static let webhookLastSeconds = 7200.0

  static let webhookLost = DiagnosisRule("WEBHOOK_LOST", "the webhook never came") { story in
    guard let verdict = story.verdict, !story.isOpen,
      story.now.seconds(since: verdict.time) > webhookSeconds,
      let started = story.events.last(where: { event in
        guard event.envelope.step == UInt64(story.job.step) else { return false }
        if case .jobDispatchStarted = event.event { return true }
        return false
      }), case .jobDispatchStarted(let body) = started.event, body.webhook == true,
      // Only the provider's own end is something it calls for.
      let end = story.currentAnswers.last(where: { $0.isEnd && $0.position < verdict.position }),
      end.channel != .webhook,
      !story.currentAnswers.contains(where: { $0.channel == .webhook })
    else { return nil }
    let since = story.now.seconds(since: end.time)
    return Proof(
      since > webhookLastSeconds ? .certain : .probable,
      [started.position, end.position, verdict.position],
      """
      \(story.provider) was told to call us, and in the \(Spoken.duration(since)) since the end no \
      call about this job arrived; it was seen by asking, at \(Waiting.text(end.time)).
      """,
      next: NextCommand("config get").operand("public_url").text)
  }
}
