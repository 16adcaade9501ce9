// LATE_SUCCESS_AFTER_RELEASE: the customer had the credits back when the job succeeded after all.

extension DiagnosisRule {
  static let lateSuccessAfterRelease = DiagnosisRule(
    "LATE_SUCCESS_AFTER_RELEASE", "the credits were back, and then it succeeded"
  ) { story in
    guard
      let index = story.events.lastIndex(where: { event in
        if case .jobRecovered = event.event { true } else { false }
      }), case .jobRecovered(let body) = story.events[index].event
    else { return nil }
    let recovered = story.events[index]
    let earlier = story.events[..<index]
    let end = earlier.last { event in
      switch event.event {
      case .jobFailed, .jobCanceled, .jobExpired: true
      default: false
      }
    }
    let released = earlier.last { event in
      if case .creditReleased = event.event { true } else { false }
    }
    let money =
      body.writtenOff.map { "\($0) are written off: the customer pays nothing" }
      ?? (story.job.captured > .zero ? "it was charged after all" : "nothing was to be charged")
    return Proof(
      .certain, [end?.position ?? 0, released?.position ?? 0, recovered.position],
      """
      It had ended without success \(end.map { "at \(Waiting.text($0.time)) " } ?? "")and the \
      hold was given back; at \(Waiting.text(recovered.time)) \(story.provider) had a result \
      after all: \(money).
      """,
      next: story.isSeen(after: recovered.position) ? nil : story.command("status").text)
  }
}
