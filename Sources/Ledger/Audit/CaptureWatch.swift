// Captures without evidence, counted for whoever watches the house: there must never be one. Goes
// over the log once and on with every new group; unlike the audit it remembers no jobs, but takes
// them as the views have them.

/// Follows the log and counts; belongs to one thread at a time.
package struct CaptureWatch: Sendable {
  /// Events of one read transaction: a longer one would pin pages of the store.
  private static let eventsAtOnce: Position = 4096

  /// Charges that nothing earned, and the first one's position.
  package private(set) var count = 0
  package private(set) var first: Position?
  /// Every group up to here was looked at.
  package private(set) var through: Position = 0
  private let evidence = CaptureEvidence()

  package init() {}

  /// Looks at the next events.
  /// - Returns: false when there are none left.
  /// - Throws: `BooksError`.
  package mutating func advance(_ books: Books) throws -> Bool {
    try books.read { try advance(&$0) }
  }

  private mutating func advance(_ snapshot: inout Snapshot) throws -> Bool {
    let start = through
    let enough = through + CaptureWatch.eventsAtOnce
    var group = start + 1
    var hasCharge = false
    var groups: [ClosedRange<Position>] = []
    // Most groups charge nothing: their bodies are not even decoded.
    try snapshot.log.scan(from: start + 1, through: snapshot.head) { position, record in
      if record.header.type == EventType.creditCaptured.rawValue { hasCharge = true }
      guard record.header.flags.contains(.last) else { return true }
      if hasCharge { groups.append(group...position) }
      (group, hasCharge, through) = (position + 1, false, position)
      return position < enough
    }
    for range in groups { try look(at: range, &snapshot) }
    return through < snapshot.head && through > start
  }

  private mutating func look(
    at range: ClosedRange<Position>, _ snapshot: inout Snapshot
  ) throws {
    var group = AuditGroup()
    try snapshot.log.events(from: range.lowerBound, through: range.upperBound) { event in
      group.add(event, nil)
      return true
    }
    for posting in group.postings {
      guard case .creditCaptured(let body) = posting.event.event else { continue }
      let job = try snapshot.job(posting.event.subject)
      guard evidence.problem(body, posting.event, group, job) != nil else { continue }
      count += 1
      first = first ?? posting.event.position
    }
  }
}
