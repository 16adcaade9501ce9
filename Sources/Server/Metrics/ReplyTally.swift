// What providers answered since the server started, by provider and class.

import Ledger

/// Follows the log and counts; belongs to one thread at a time.
struct ReplyTally: Sendable {
  struct Key: Hashable, Comparable {
    let provider: String
    let replyClass: ReplyClass

    static func < (one: Key, other: Key) -> Bool {
      (one.provider, one.replyClass.rawValue) < (other.provider, other.replyClass.rawValue)
    }
  }

  /// Providers counted by name; names come from those who submit, so they are bounded.
  private static let keysMax = 1000
  /// Events of one read transaction.
  private static let eventsAtOnce: Position = 4096

  private(set) var counts: [Key: UInt64] = [:]
  private var through: Position

  /// - Parameter position: only events after it are counted.
  init(after position: Position) { through = position }

  /// Counts the next events.
  /// - Returns: false when there are none left.
  /// - Throws: errors of the books; nothing is counted then.
  mutating func advance(_ books: Books) throws -> Bool {
    let after = through
    let (keys, last, head) = try books.read { snapshot in
      let last = min(snapshot.head, after + ReplyTally.eventsAtOnce)
      var events: [RecordedEvent] = []
      try snapshot.log.scan(from: after + 1, through: last) { position, record in
        guard ReplyTally.types.contains(record.header.type) else { return true }
        events.append(try record.verified(at: position))
        return true
      }
      let keys = try events.compactMap { event -> Key? in
        guard let replyClass = ReplyTally.replyClass(of: event),
          let provider = try snapshot.provider(of: event)
        else { return nil }
        return Key(provider: provider, replyClass: replyClass)
      }
      return (keys, last, snapshot.head)
    }
    for key in keys where counts[key] != nil || counts.count < ReplyTally.keysMax {
      counts[key, default: 0] += 1
    }
    through = max(after, last)
    return last < head
  }

  private static let types: Set<UInt16> = Set(
    [EventType.jobDispatched, .jobDispatchRefused, .jobPolled, .jobNotified].map(\.rawValue))

  private static func replyClass(of event: RecordedEvent) -> ReplyClass? {
    switch event.event {
    case .jobDispatched: .ok
    case .jobDispatchRefused(let body): body.class
    case .jobPolled(let body): body.class
    case .jobNotified(let body): body.class
    default: nil
    }
  }
}
