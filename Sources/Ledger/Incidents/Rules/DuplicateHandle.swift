// DUPLICATE_HANDLE: the provider answered with the id of another job.

extension DiagnosisRule {
  static let duplicateHandle = DiagnosisRule(
    "DUPLICATE_HANDLE", "two jobs were given one id"
  ) { story in
    guard
      let index = story.events.lastIndex(where: { event in
        if case .jobDispatched(let body) = event.event { body.duplicateOf != nil } else { false }
      }), case .jobDispatched(let body) = story.events[index].event
    else { return nil }
    let dispatched = story.events[index]
    let parked = story.events[index...].first { event in
      if case .jobParked(let body) = event.event { body.reason == .duplicateHandle } else { false }
    }
    return Proof(
      .certain, [dispatched.position, parked?.position ?? 0],
      """
      \(body.provider) answered with the id \(Spoken.quoted(body.externalID)), which belongs to \
      job \(story.owner ?? "another job"): one result must not be shown and charged twice.
      """,
      next: story.isOpen
        ? story.resolveCommand(as: "failed", reason: "the provider gave it the id of another job")
        : nil)
  }
}
