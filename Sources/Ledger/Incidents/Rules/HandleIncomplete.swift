// HANDLE_INCOMPLETE: what is known of the job at its provider does not make a status address.

extension DiagnosisRule {
  static let handleIncomplete = DiagnosisRule(
    "HANDLE_INCOMPLETE", "its address at the provider lacks a part"
  ) { story in
    guard
      let index = story.events.lastIndex(where: { event in
        if case .jobParked(let body) = event.event {
          body.reason == .handleIncomplete
        } else {
          false
        }
      }),
      // An input that was erased before it was sent is parked so too: there is no handle then.
      let handle = story.events[..<index].last(where: { event in
        switch event.event {
        case .jobDispatched: true
        case .jobDispatchStarted(let body): body.externalID != nil
        default: false
        }
      })
    else { return nil }
    let parked = story.events[index]
    let isParked = story.job.state == .parked && story.job.parked == parked.position
    return Proof(
      .certain, [handle.position, parked.position],
      """
      \(story.provider) cannot be asked about \
      \(story.externalID.map { Spoken.word($0) } ?? "this job") with what is known of it, so it \
      was parked at \(Waiting.text(parked.time)) \
      \(isParked ? "and waits for the missing part" : "until the missing part was found").
      """,
      next: isParked
        ? story.attachCommand(externalID: story.externalID, model: story.model, needsModel: true)
        : nil)
  }
}
