// STREAM_REFUSED: the provider's event stream cannot be had. Whoever has only the stream sees
// nothing; the job is polled.

extension DiagnosisRule {
  static let streamRefused = DiagnosisRule("STREAM_REFUSED", "the event stream is refused") {
    story in
    let refused = story.answers.filter { $0.channel == .sse && $0.reading == .unknown }
    guard let first = refused.first else { return nil }
    let polls = story.answers.count { $0.channel == .poll }
    return Proof(
      .certain, refused.map(\.position),
      """
      \(story.provider) refused its event stream at \(Waiting.text(first.time)) \
      (\(first.replyClass.name)); the job was asked for instead, \(Spoken.times(polls)) so far.
      """)
  }
}
