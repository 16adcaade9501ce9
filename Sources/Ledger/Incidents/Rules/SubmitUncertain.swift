// SUBMIT_UNCERTAIN: it was sent, and nobody knows whether it arrived.

extension DiagnosisRule {
  static let submitUncertain = DiagnosisRule(
    "SUBMIT_UNCERTAIN", "sent, and the answer was lost"
  ) { story in
    guard
      let index = story.events.lastIndex(where: { event in
        if case .jobDispatchUncertain = event.event { true } else { false }
      }), case .jobDispatchUncertain(let body) = story.events[index].event
    else { return nil }
    let doubt = story.events[index]
    let start = story.events[..<index].last { event in
      if case .jobDispatchStarted = event.event { true } else { false }
    }
    let after = story.events[index...]
    let parked = after.first { event in
      if case .jobParked(let body) = event.event { body.reason == .uncertainSubmit } else { false }
    }
    let found = after.first { event in
      if case .jobDispatched = event.event { true } else { false }
    }
    let isInDoubt = found == nil && story.isOpen
    let needsPerson = isInDoubt && (story.job.state == .parked || story.job.nextAt == nil)
    let how = Spoken.answer(body.httpStatus, body.httpStatus == nil ? body.fault : nil)
    let end =
      isInDoubt
      ? "it may be at \(story.provider) and is not sent again without proof"
      : found.map { "it was found at \(Waiting.text($0.time))" } ?? "nobody found it"
    return Proof(
      .certain, [start?.position ?? 0, doubt.position, parked?.position ?? 0],
      """
      Attempt \(body.attempt) was sent and ended in \(how) at \(Waiting.text(doubt.time)): \
      \(end).
      """,
      next: needsPerson
        ? story.attachCommand(externalID: nil)
        : isInDoubt && story.lateSeconds != nil ? story.pollCommand : nil)
  }
}
