// Walks the log page by page and prints it, outside the snapshot: a slow reader of our output pins
// no pages of the store.

import CommandLine
import Ledger

/// A cursor over the events that a filter means.
struct LogReader {
  private let session: Session
  private let filter: EventFilter
  private var cursor: Position
  /// Events printed.
  private(set) var count = 0
  /// The log's end at the last page.
  private(set) var head: Position = 0

  init(_ session: Session, _ filter: EventFilter, after: Position) {
    self.session = session
    self.filter = filter
    cursor = after
  }

  /// Prints the lines that `render` makes of each event, to the end, or for ever.
  mutating func run(
    follow: Bool, live: LiveTail? = nil,
    _ render: (inout Snapshot, RecordedEvent) throws -> [String]
  ) throws {
    var live = live
    let limit = filter.selector.limit ?? .max
    while count < limit, !session.output.isReaderGone {
      let after = cursor
      let room = limit - count
      let (page, lines, head) = try session.read { snapshot in
        let page = try snapshot.page(after: after, filter)
        let lines = try page.events.prefix(room).map { try render(&snapshot, $0) }
        return (page, lines, snapshot.head)
      }
      for group in lines { session.output.lines(group) }
      count += lines.count
      cursor = page.after
      self.head = head
      guard page.isAtEnd else { continue }
      guard follow else { return }
      session.output.flush()
      if live == nil {
        try session.waitForNews(after: cursor)
      } else {
        try session.waitForNews(after: cursor, &live!)
      }
    }
  }
}
