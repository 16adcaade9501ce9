// Gathers a job's story under one snapshot.

package import Wire

extension Snapshot {
  /// The story of a job; nil when there is no such job.
  /// - Throws: errors of the books.
  package mutating func story(of number: SubjectNumber, now: Timestamp) throws -> Story? {
    guard let details = try details(number) else { return nil }
    return try story(of: details, now: now)
  }

  mutating func story(of details: JobDetails, now: Timestamp) throws -> Story {
    let (events, leftOut) = try lifetime(of: details.number)
    if memory.poller == nil { memory.poller = try pollerTrace() }
    var story = Story(
      details, events: events, leftOut: leftOut, poller: memory.poller ?? .never, now: now)
    let causes = Set(story.answers.filter { $0.channel == .webhook && $0.cause != 0 }.map(\.cause))
    for position in causes.sorted().prefix(Limits.evidence) {
      guard let event = try log.event(at: position),
        case .notificationOrphaned = event.event
      else { continue }
      story.orphans.append(event)
    }
    if case .jobDispatched(let body)? = story.dispatched?.event, let owner = body.duplicateOf {
      story.owner = try views.subject(owner)?.name.id
    }
    if details.job.state == .submitted {
      story.pause = try pause(provider: details.provider, account: details.job.account)
    }
    if details.job.state.isTerminal {
      story.billed = try billed(by: details.provider) ?? BilledPeriod()
      let isBilled = try story.providers.contains { try billed(by: $0) != nil }
      if isBilled { story.bills = try bills(of: details.number) }
    }
    return story
  }

  /// A job's events, oldest first; of more than `Limits.storyEvents` the first few and the last.
  private mutating func lifetime(
    of number: SubjectNumber
  ) throws -> (events: [RecordedEvent], leftOut: Int) {
    var newest: [RecordedEvent] = []
    var position = try views.subject(number)?.last ?? 0
    while position > 0, newest.count < Limits.storyEvents, let event = try log.event(at: position) {
      newest.append(event)
      position = event.header.previous
    }
    newest.reverse()
    var earlier: [Position] = []
    while position > 0 {
      earlier.append(position)
      position = try log.previous(of: position)
    }
    guard !earlier.isEmpty else { return (newest, 0) }
    let first = try earlier.suffix(Limits.storyBeginning).reversed()
      .compactMap { try log.event(at: $0) }
    return (first + newest, earlier.count - first.count)
  }
}
