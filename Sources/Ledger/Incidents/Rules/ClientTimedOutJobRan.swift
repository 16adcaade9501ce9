// CLIENT_TIMED_OUT_JOB_RAN: somebody was shown "Network error" while the job went its way.

extension DiagnosisRule {
  static let clientTimedOutJobRan = DiagnosisRule(
    "CLIENT_TIMED_OUT_JOB_RAN", "\"network error\", and the job ran on"
  ) { story in
    guard let sent = firstSent(story) else { return nil }
    let reports = story.reports.filter { report in
      guard report.position > sent else { return false }
      let hadEnded = story.job.verdict != 0 && report.position > story.job.verdict
      // What failed before is another story: the error was no more than a messenger.
      if hadEnded, story.job.state != .succeeded { return false }
      switch report.kind {
      case .gaveUp: return true
      // Connections come and go; only one that never came back matters.
      case .lostSight: return !story.isSeen(after: report.position)
      default: return false
      }
    }
    guard let first = reports.first else { return nil }
    let hasEnded = !story.isOpen
    let end =
      hasEnded
      ? "it ended as \(story.job.state.name)" : "it is \(story.job.state.name) there, not lost"
    let count = reports.count == 1 ? "" : ", \(Spoken.times(reports.count)) in all"
    let isOver = story.isSeen(after: max(first.position, story.job.verdict)) && hasEnded
    return Proof(
      .certain, reports.map(\.position),
      """
      A client reported \(Spoken.word(first.word)) at \(Waiting.text(first.time))\(count), while \
      the job was at \(story.provider): \(end).
      """,
      next: isOver
        ? nil
        : hasEnded
          ? story.command("status").text
          : story.lateSeconds == nil ? story.command("check").text : story.pollCommand)
  }

  /// When the provider may have had it for the first time.
  private static func firstSent(_ story: Story) -> Position? {
    story.events.first { event in
      switch event.event {
      case .jobDispatchStarted, .jobDispatched: true
      default: false
      }
    }?.position
  }
}
