// The log in pages: short snapshots, so that a slow reader never pins pages of the store.

import LMDB
import Wire

/// Which events are meant.
package struct EventFilter: Sendable {
  package var selector: Selector
  /// Text id of the one job meant.
  package var job: String?
  /// One of these types; empty: any.
  package var types: Set<EventType>

  package init(
    selector: Selector = Selector(), job: String? = nil, types: Set<EventType> = []
  ) {
    self.selector = selector
    self.job = job
    self.types = types
  }
}

/// A page of events and where the next one begins.
package struct EventPage: Sendable {
  package let events: [RecordedEvent]
  /// The cursor: every event up to here was looked at.
  package let after: Position
  /// The log ended here when the page was read.
  package let isAtEnd: Bool
}

extension Snapshot {
  /// Events looked at for one page.
  package static var pageEvents: Int { 256 }

  /// Events after a position that `filter` means, in order. The selector's limit is the caller's.
  /// - Parameter limit: events looked at, for whoever takes small pages.
  package mutating func page(
    after: Position, _ filter: EventFilter, limit: Int = pageEvents
  ) throws -> EventPage {
    let bound = try BoundSelector(filter.selector, &self)
    let (events, last) = try look(after, filter, limit)
    var known: [SubjectNumber: Bool] = [:]
    var meant: [RecordedEvent] = []
    for event in events where filter.selector.holds(at: event.time) {
      let matches = try known[event.subject] ?? isMeant(event, bound)
      known[event.subject] = matches
      if matches { meant.append(event) }
    }
    return EventPage(events: meant, after: last, isAtEnd: last >= head)
  }

  /// The next events by job and type alone, and how far that reaches.
  private mutating func look(
    _ after: Position, _ filter: EventFilter, _ limit: Int
  ) throws -> ([RecordedEvent], Position) {
    if let id = filter.job {
      guard let number = try jobNumber(id) else { return ([], head) }
      let positions = try chain(of: number, after: after)
      var events: [RecordedEvent] = []
      for position in positions.prefix(limit) {
        guard let event = try log.event(at: position) else { throw BooksError.missing(position) }
        if filter.types.isEmpty || filter.types.contains(event.event.type) { events.append(event) }
      }
      return (events, positions.count <= limit ? head : positions[limit - 1])
    }
    var events: [RecordedEvent] = []
    let last = min(head, after + Position(limit))
    if last > after {
      var expected = after + 1
      try log.scan(from: expected, through: last) { position, record in
        guard position == expected else { throw BooksError.missing(expected) }
        expected += 1
        let type = EventType(rawValue: record.header.type)
        if filter.types.isEmpty || type.map(filter.types.contains) ?? true {
          events.append(try record.verified(at: position))
        }
        return true
      }
      guard expected == last + 1 else { throw BooksError.missing(expected) }
    }
    return (events, last)
  }

  /// A subject's positions after `after`, in order, found by walking its chain back.
  package mutating func chain(
    of number: SubjectNumber, after: Position = 0
  ) throws -> [Position] {
    var positions: [Position] = []
    var position = try views.subject(number)?.last ?? 0
    while position > after {
      positions.append(position)
      position = try log.previous(of: position)
    }
    return positions.reversed()
  }

  mutating func isMeant(_ event: RecordedEvent, _ bound: BoundSelector) throws -> Bool {
    if bound.isEmpty { return false }
    guard let subject = try views.subject(event.subject) else { return false }
    switch subject.name.kind {
    case .job:
      guard let job = try views.job(event.subject) else { return false }
      return try bound.matches(event.subject, job, &self)
    case .account:
      let selector = bound.selector
      return selector.isAboutAll
        || event.subject == bound.account && selector.provider == nil && !selector.namesJobs
    case .provider:
      return bound.selector.isAboutAll || subject.name.id == bound.selector.provider
    default: return bound.selector.isAboutAll
    }
  }
}

extension LogSnapshot where Snapshot: ~Copyable {
  /// Bytes of a kept blob, not decompressed; nil when it was erased.
  func blobLength(_ name: BlobName) throws(BooksError) -> Int? {
    do {
      guard let bytes = try transaction.value(tables.blobs, name.ordinal) else { return nil }
      return StoredBlob.contentBytes(bytes)
    } catch {
      throw BooksError(error)
    }
  }
}
