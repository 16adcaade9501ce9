// Whose reply an event tells of.

extension Snapshot {
  /// The provider that the event's step asked; nil when the event is about no job.
  package mutating func provider(of event: RecordedEvent) throws -> String? {
    guard event.event.type.subjectKind == .job, let job = try job(event.subject) else { return nil }
    let step = Int(clamping: event.envelope.step)
    // By the time anybody looks, a pipeline may have gone on to another provider.
    guard step < Int(job.step),
      case .jobSubmitted(let submitted)? = try log.event(at: job.submitted)?.event
    else { return try providerName(job.provider) }
    return try target(of: step, job, submitted).provider
  }
}
