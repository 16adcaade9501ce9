// The events of one atomic commit, as the checks look at them.

import Wire

/// One group of the log.
struct AuditGroup {
  /// A credit event and what it moves.
  struct Posting {
    let event: RecordedEvent
    let movement: Movement
  }

  private(set) var events: [RecordedEvent] = []
  private(set) var postings: [Posting] = []
  /// Events that the automaton does not allow where they stand.
  private(set) var violations: [JobError] = []

  mutating func add(_ event: RecordedEvent, _ violation: JobError?) {
    events.append(event)
    if let movement = Movement(event) { postings.append(Posting(event: event, movement: movement)) }
    if let violation { violations.append(violation) }
  }

  mutating func clear() {
    events.removeAll(keepingCapacity: true)
    postings.removeAll(keepingCapacity: true)
    violations.removeAll(keepingCapacity: true)
  }

  /// The event at a position; nil when it is not of this group.
  func event(at position: Position) -> RecordedEvent? {
    guard let first = events.first?.position, position >= first,
      position - first < UInt64(events.count)
    else { return nil }
    return events[Int(position - first)]
  }

  /// What a credit event rests on: an event of the same job before it in this group.
  func evidence(_ position: Position, for event: RecordedEvent) -> RecordedEvent? {
    guard position < event.position, let proof = self.event(at: position),
      proof.subject == event.subject
    else { return nil }
    return proof
  }

  /// Events of a job in this group before `position`.
  func events(of job: SubjectNumber, before position: Position) -> [RecordedEvent] {
    events.filter { $0.subject == job && $0.position < position }
  }
}
