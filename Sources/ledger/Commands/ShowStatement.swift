// ledger statement

import CommandLine
import Ledger
import Wire

enum ShowStatement {
  /// Postings read under one snapshot.
  private static let pageLines = 256

  static let declaration = Declaration(
    "statement", .money, "An account's movements, with the balance after each",
    operands: [.required("ACCOUNT", .account, "whose")],
    options: [
      .value("since", .time, "Not before: RFC 3339, a date, or 7d for seven days ago"),
      .value("until", .time, "Not after, written like --since"),
    ],
    examples: [
      "ledger statement acme", "ledger statement acme --since 2026-11-01 --until 2026-12-01",
    ])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let id = arguments.required("ACCOUNT")
    let since = arguments.time("since", now: session.now)
    let until = arguments.time("until", now: session.now)
    // The end is fixed now, so that what is written meanwhile does not move the closing line.
    let (number, first, last) = try session.read { snapshot in
      let before = since.map { Timestamp(microseconds: $0.microseconds - 1) }
      return (
        try snapshot.accountNumber(id), try before.map { try snapshot.position(at: $0) } ?? 0,
        try until.map { try snapshot.position(at: $0) } ?? snapshot.head
      )
    }
    guard let number else { throw Session.unknownAccount(id) }
    var statement = StatementPrinter(session, id)
    try statement.balance("opening", asOf: min(first, last))
    var after = first
    while after < last, !session.output.isReaderGone {
      let page = try session.read {
        try $0.statement(of: number, after: after, through: last, limit: pageLines)
      }
      guard let end = page.last else { break }
      for line in page.lines { statement.print(line) }
      after = end
    }
    try statement.balance("closing", asOf: last)
    return .ok
  }
}

/// Prints a statement as it is read.
private struct StatementPrinter {
  private let session: Session
  private let id: String
  private var day = ""

  init(_ session: Session, _ id: String) {
    self.session = session
    self.id = id
  }

  /// The first or the last line.
  func balance(_ entry: String, asOf position: Position) throws {
    let (head, status) = try session.read { snapshot in
      (snapshot.head, try snapshot.accountStatus(id, asOf: position))
    }
    guard session.output.settings.isJSON else {
      let account = status?.account ?? Account()
      if entry == "opening" {
        line("", "", "", "CHANGE", "AVAILABLE", "HELD")
      }
      line("\(position)", entry, "", "", text(account.available), text(account.held))
      if entry == "closing" {
        session.output.line("\(id) in \(status?.unit ?? "credits") · head \(head)")
      }
      return
    }
    if let status {
      session.output.json(status.statementLine(entry))
    } else {
      session.output.json(AccountStatus.empty(id, asOf: position).statementLine(entry))
    }
  }

  mutating func print(_ movement: StatementLine) {
    if session.output.settings.isJSON {
      session.output.json(movement.json(account: id))
      return
    }
    let moment = Screen.clock(movement.at)
    let date = String(moment.prefix(10))
    if date != day { session.output.line("\(date) UTC") }
    day = date
    let name = movement.type.name.split(separator: ".").last.map(String.init) ?? ""
    let about = movement.job ?? movement.reason ?? ""
    let sign = movement.availableChange > .zero ? "+" : ""
    line(
      "\(movement.position)", "\(moment.dropFirst(11)) \(name)", Escaping.terminal(about),
      sign + text(movement.availableChange), text(movement.available), text(movement.held))
  }

  private func text(_ amount: Credits) -> String { Human.grouped(amount.description) }

  /// Seven columns that always stand at the same place, for a statement is printed as it is read.
  private func line(
    _ position: String, _ what: String, _ about: String, _ change: String, _ available: String,
    _ held: String
  ) {
    let room = max(8, session.output.settings.columns - 66)
    let text =
      EventLines.pad(position, 8, right: true) + "  " + EventLines.pad(what, 18) + "  "
      + EventLines.pad(about, room) + EventLines.pad(change, 12, right: true)
      + EventLines.pad(available, 13, right: true) + EventLines.pad(held, 11, right: true)
    session.output.line(DisplayWidth.truncate(text, columns: session.output.settings.columns))
  }
}
