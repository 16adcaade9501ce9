// NEVER_POLLED: the provider accepted the job, the time to ask came, and nobody asked.

extension DiagnosisRule {
  static let neverPolled = DiagnosisRule("NEVER_POLLED", "accepted, and never asked about") {
    story in
    guard story.job.state == .dispatched, !story.job.flags.contains(.duplicate),
      let late = story.lateSeconds, let due = story.job.nextAt,
      let dispatched = story.dispatched,
      // A webhook that nobody can vouch for is no look of ours.
      !story.currentAnswers.contains(where: {
        $0.position > dispatched.position && $0.channel != .webhook
      })
    else { return nil }
    let id = story.externalID.map { " as \(Spoken.word($0))" } ?? ""
    return Proof(
      late >= Story.certainlyLateSeconds ? .certain : .probable, [dispatched.position],
      """
      \(story.provider) accepted it\(id) at \(Waiting.text(dispatched.time)), it was to be asked \
      at \(Waiting.text(due)), and in the \(Spoken.duration(late)) since then nobody has: \
      \(story.poller.words).
      """,
      next: story.pollCommand)
  }
}
