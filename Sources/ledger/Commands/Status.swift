// ledger status

import CommandLine
import Ledger
import Wire

enum Status {
  static let declaration = Declaration(
    "status", .watch, "The board, or one job",
    details: """
      The board leads with what needs a person, each with its command; ledger explain JOB tells a \
      job's whole story.
      """,
    operands: [.optional("JOB", .identifier, "the job")],
    options: [
      .flag("summary", "Jobs by state, credits, pauses"),
      .flag("watch", "Show it again whenever it changes"),
      .value("after", .integer(0...Int.max), "Only what changed after this position", as: "POS"),
      .asOf,
      .flag("exit-status", "Exit 0 when the job succeeded, 1 when not, 75 while it is open"),
    ],
    selector: true,
    rules: [
      .atMostOne(["JOB", "summary"]), .needs("exit-status", "JOB"),
      .atMostOne(["watch", "exit-status"]), .atMostOne(["as-of", "summary"]),
      .atMostOne(["as-of", "watch"]), .atMostOne(["as-of", "after"]),
    ]
      + Option.selector.flatMap { option in
        [Rule.atMostOne(["JOB", option.name]), .atMostOne(["summary", option.name])]
      },
    examples: [
      "ledger status", "ledger status demo-1 --exit-status", "ledger status demo-1 --as-of 1200",
      "ledger status --account acme --state running,parked --since 7d --watch",
    ])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let after = Position(arguments.integer("after") ?? 0)
    if let id = arguments.string("JOB") {
      if arguments.flag("watch") { return try watch(id, session, after) }
      return try one(id, session, arguments, after)
    }
    if arguments.flag("summary") { return try summary(session, arguments.flag("watch")) }
    let selector = try arguments.selector(now: session.now)
    if arguments.isGiven("as-of") { return try pastBoard(session, arguments, selector) }
    if arguments.flag("watch") { return try BoardWatch(session, selector).run(after: after) }
    return try board(session, selector, after)
  }

  private static func one(
    _ id: String, _ session: Session, _ arguments: Arguments, _ after: Position
  ) throws -> ExitCode {
    let now = session.now
    let (head, status) = try session.read { snapshot in
      guard let position = try arguments.asOf(snapshot, now: now) else {
        return (snapshot.head, try snapshot.status(job: id, now: now))
      }
      let number = try snapshot.jobNumber(id)
      return (
        snapshot.head, try number.flatMap { try snapshot.status($0, asOf: position, now: now) }
      )
    }
    guard let status else { throw Session.unknownJob(id) }
    if status.position > after { session.show(status, head: head) }
    guard arguments.flag("exit-status") else { return .ok }
    return switch status.state {
    case .succeeded: .ok
    case let state where state.isTerminal: .no
    default: .tryAgain
    }
  }

  /// One job until it ends: drawn again on a terminal, else shown at every change.
  private static func watch(
    _ id: String, _ session: Session, _ after: Position
  ) throws -> ExitCode {
    let draws = session.output.settings.outputIsTerminal && !session.output.settings.isJSON
    var shown = after
    var live = LiveTail(session, job: id)
    while !session.output.isReaderGone {
      let now = session.now
      let (head, status) = try session.read { ($0.head, try $0.status(job: id, now: now)) }
      guard let status else { throw Session.unknownJob(id) }
      if draws {
        var screen = Screen(session.output, now: now)
        screen.job(status, head: head, session)
        screen.live(live.recent)
        session.redraw(screen)
      } else if status.position > shown {
        shown = status.position
        BoardWatch.change(status, session)
      }
      session.output.flush()
      if status.state.isTerminal { break }
      try session.waitForNews(after: head, seconds: draws ? 1 : .infinity, &live)
    }
    return .ok
  }

  private static func summary(_ session: Session, _ isWatched: Bool) throws -> ExitCode {
    let draws = session.output.settings.outputIsTerminal && !session.output.settings.isJSON
    repeat {
      let (summary, attention) = try session.read { snapshot in
        var summary = try snapshot.summary()
        summary.hooks = try snapshot.hookStatuses(session.home, now: session.now)
        return (summary, try Attention(session, summary, &snapshot))
      }
      if session.output.settings.isJSON {
        session.output.json(summary.json)
      } else {
        var screen = Screen(session.output, now: session.now)
        screen.summary(summary, attention, session)
        if isWatched, draws { session.redraw(screen) } else { session.output.lines(screen.lines) }
      }
      session.output.flush()
      if isWatched { try session.waitForNews(after: summary.head) }
    } while isWatched && !session.output.isReaderGone
    return .ok
  }

  /// The jobs as they were. Rebuilt from their events, so a screen's number of them by default.
  private static func pastBoard(
    _ session: Session, _ arguments: Arguments, _ selector: Selector
  ) throws -> ExitCode {
    let now = session.now
    var selector = selector
    let isJSON = session.output.settings.isJSON
    if !isJSON { selector.limit = min(selector.limit ?? Screen.boardJobs, 1000) }
    let (statuses, position, summary) = try session.read { snapshot in
      let position = try arguments.asOf(snapshot, now: now) ?? snapshot.head
      let statuses = try snapshot.statuses(selector, asOf: position, now: now)
      return (statuses, position, try snapshot.summary())
    }
    if isJSON {
      for status in statuses { session.output.json(status.json) }
      return .ok
    }
    var screen = Screen(session.output, now: now)
    screen.pastBoard(statuses, asOf: position, head: summary.head)
    session.output.lines(screen.lines)
    return .ok
  }

  /// The board once. JSON has every job; a screen as many as fit a person.
  private static func board(
    _ session: Session, _ selector: Selector, _ after: Position
  ) throws -> ExitCode {
    guard session.output.settings.isJSON else {
      let content = try session.board(selector, after: after)
      var screen = Screen(session.output, now: session.now)
      screen.board(content, session)
      session.output.lines(screen.lines)
      return .ok
    }
    let now = session.now
    var numbers = try session.read { try $0.jobs(selector, after: after) }[...]
    while !numbers.isEmpty, !session.output.isReaderGone {
      // In pieces: a slow reader of our output must not pin the store's pages.
      let piece = numbers.prefix(Int(Snapshot.pageEvents))
      numbers = numbers.dropFirst(piece.count)
      let lines = try session.read { snapshot in
        try piece.compactMap { try snapshot.status($0, now: now)?.json }
      }
      for line in lines { session.output.json(line) }
    }
    return .ok
  }
}
