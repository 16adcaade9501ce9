// The board, watched: drawn again on a terminal, else one line for each job that changed.

import CommandLine
import Ledger
import Wire

/// A board that follows the log.
struct BoardWatch {
  private let session: Session
  private let selector: Selector

  init(_ session: Session, _ selector: Selector) {
    self.session = session
    self.selector = selector
  }

  /// Runs until its reader leaves or the user stops it.
  func run(after: Position) throws -> ExitCode {
    let settings = session.output.settings
    if settings.outputIsTerminal, !settings.isJSON { return try draw(after) }
    var cursor = after
    if after == 0 {
      let now = session.now
      let (head, statuses) = try session.read { snapshot in
        let numbers = try snapshot.jobs(selector).reversed()
        return (snapshot.head, try numbers.compactMap { try snapshot.status($0, now: now) })
      }
      for status in statuses { BoardWatch.change(status, session) }
      cursor = head
    }
    while !session.output.isReaderGone {
      session.output.flush()
      try session.waitForNews(after: cursor)
      for status in try changes(&cursor) { BoardWatch.change(status, session) }
    }
    return .ok
  }

  private func draw(_ after: Position) throws -> ExitCode {
    while !session.output.isReaderGone {
      let content = try session.board(selector, after: after)
      var screen = Screen(session.output, now: session.now)
      screen.board(content, session)
      session.redraw(screen)
      try session.waitForNews(after: content.summary.head, seconds: 1)
    }
    return .ok
  }

  /// The jobs that the next page of events is about, in order of their newest event there.
  private func changes(_ cursor: inout Position) throws -> [JobStatus] {
    let now = session.now
    // The moments of a selector are a job's, not its events'.
    var filter = EventFilter(selector: selector)
    (filter.selector.since, filter.selector.until) = (nil, nil)
    let after = cursor
    let (next, statuses) = try session.read { snapshot in
      let page = try snapshot.page(after: after, filter)
      var numbers: [SubjectNumber] = []
      for event in page.events where event.event.type.subjectKind == .job {
        numbers.removeAll { $0 == event.subject }
        numbers.append(event.subject)
      }
      return (page.after, try numbers.compactMap { try snapshot.status($0, now: now) })
    }
    cursor = next
    return statuses.filter { status in
      selector.since.map { status.submittedAt ?? now >= $0 } ?? true
        && selector.until.map { status.submittedAt ?? now <= $0 } ?? true
    }
  }

  /// One line for a job that changed.
  static func change(_ status: JobStatus, _ session: Session) {
    guard !session.output.settings.isJSON else { return session.output.json(status.json) }
    let progress = status.state.isTerminal ? nil : Screen.progress(status)
    let parts = [
      status.updatedAt.map(Screen.clock), status.id, status.state.name, progress,
      status.error.map(\.failureClass.name), "(position \(status.position))",
    ]
    session.output.line(parts.compactMap { $0 }.joined(separator: "  "))
  }
}

extension Session {
  /// A board for a screen.
  func board(_ selector: Selector, after: Position) throws -> BoardContent {
    let now = now
    let limit = selector.limit ?? Screen.boardJobs
    var unlimited = selector
    unlimited.limit = nil
    return try read { snapshot in
      let numbers = try snapshot.jobs(unlimited, after: after, limit: limit + 1)
      let summary = try snapshot.summary()
      let isSelected = selector != Selector(limit: selector.limit) || after > 0
      let attention = try Attention(self, summary, &snapshot)
      return BoardContent(
        jobs: try numbers.prefix(limit).compactMap { try snapshot.status($0, now: now) },
        hasMore: numbers.count > limit && selector.limit == nil, summary: summary,
        isSelected: isSelected, attention: isSelected ? attention.withoutJobs : attention)
    }
  }
}
