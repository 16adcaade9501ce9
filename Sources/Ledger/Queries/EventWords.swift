// An event in a few words for people: what the `events` and `timeline` screens say. Free text of
// providers is passed on as it is: whoever prints it escapes it.

import Wire

extension Snapshot {
  /// One short line without the event's time, subject and type.
  package mutating func words(_ event: RecordedEvent) throws -> String {
    switch event.event.type.subjectKind {
    case .job:
      if let words = try creditWords(event.event) { return words }
      let words = try jobWords(event.event)
      guard let job = try views.job(event.subject), job.steps > 1 else { return words }
      if case .jobSubmitted = event.event { return join(words, "\(job.steps) steps") }
      return join("step \(event.envelope.step + 1) of \(job.steps)", words)
    case .account: return try creditWords(event.event) ?? accountWords(event.event)
    default: return try houseWords(event.event)
    }
  }

  private func creditWords(_ event: Event) throws -> String? {
    switch event {
    case .creditGranted(let body):
      join(
        "\(body.amount) granted", body.expires.map { "until \(Waiting.text($0))" },
        try note(body.reason))
    case .creditHeld(let body): "\(body.amount) held"
    case .creditCaptured(let body): "\(body.amount) captured (evidence: \(body.evidence))"
    case .creditReleased(let body): "\(body.amount) released (evidence: \(body.evidence))"
    case .creditRefunded(let body): join("\(body.amount) refunded", try note(body.reason))
    case .creditExpired(let body): "\(body.amount) expired"
    case .creditAdjusted(let body): join("adjusted by \(body.amount)", try note(body.reason))
    default: nil
    }
  }

  private func accountWords(_ event: Event) throws -> String {
    switch event {
    case .accountLimitSet(let body): join("limit \(body.limit)", try note(body.reason))
    case .accountForgotten(let body): join("free text erased", try note(body.reason))
    default: "opened"
    }
  }

  private mutating func houseWords(_ event: Event) throws -> String {
    switch event {
    case .ledgerOpened(let body): return "unit \(body.unit)"
    case .ledgerRestored(let body): return "incarnation \(body.incarnation)"
    case .ledgerCheckpointSigned(let body): return "at position \(body.atPosition)"
    case .ledgerPolicySet(let body): return "\(body.name) = \(body.value ?? "default")"
    case .ledgerSubmissionPaused(let body):
      return join(try scope(body.provider, body.account), try note(body.reason))
    case .ledgerSubmissionUnpaused(let body): return try scope(body.provider, body.account)
    case .ledgerBlobsErased(let body): return "\(body.blobs) texts"
    case .providerBilled(let body): return "\(body.quantity) \(body.unit), line \(body.lineID)"
    case .providerReread(let body): return "\(body.changed) of \(body.replies) replies changed"
    case .pollerStarted(let body): return body.pid.map { "process \($0)" } ?? ""
    case .pollerStopped(let body): return body.reason.name
    case .notificationOrphaned(let body): return join(body.provider, body.externalID)
    case .notificationRejected(let body): return join(body.provider, body.reason.name)
    default: return ""
    }
  }

  private mutating func scope(_ provider: String?, _ account: SubjectNumber?) throws -> String {
    let names = [provider, try account.flatMap { try views.subject($0) }?.name.id]
    let known = names.compactMap { $0 }
    return known.isEmpty ? "everything" : known.joined(separator: ", ")
  }

  /// Kept words; of erased ones, that they are.
  func note(_ reference: BlobReference?) throws -> String? {
    try reference.map { try text($0) ?? "(erased)" }
  }

  func join(_ parts: String?...) -> String {
    parts.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ", ")
  }
}
