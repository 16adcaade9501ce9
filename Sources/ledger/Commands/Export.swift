// ledger export

import CommandLine
import Ledger

enum Export {
  static let declaration = Declaration(
    "export", .check, "The log as data: to import, for sheets, for accounting",
    details: """
      ndjson: one JSON object per line: a header, every kept text, every event. Without a selector \
      it holds everything, and import makes the same ledger of it again, to the last hash. Texts \
      erased later stay in an export made before.

      csv: one event per row; a cell that a spreadsheet would take for a formula begins with an \
      apostrophe.

      hledger, beancount: the credits as a journal, a transaction for every group of events that \
      moves some, with what the accounts hold asserted day by day. Signs are the customers'. An \
      account id stands in account names as Id- and the id, bytes other than letters and digits as \
      - and two hexadecimal digits.
      """,
    options: [
      .value(
        "format", .choice(["ndjson", "csv", "hledger", "beancount"]), "The form",
        default: "ndjson"),
      .value("after", .integer(0...Int.max), "Only after this position", as: "POS"),
    ],
    selector: true,
    examples: [
      "ledger export > books.ndjson", "ledger export --format csv --since 30d > month.csv",
      "ledger export --format hledger | hledger -f - balance",
      "ledger export --format beancount > books.beancount",
    ])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let filter = EventFilter(selector: try arguments.selector(now: session.now))
    let after = Position(arguments.integer("after") ?? 0)
    var form: any ExportForm =
      switch arguments.string("format") {
      case "csv": CSVExport()
      case "hledger": JournalExport(.hledger)
      case "beancount": JournalExport(.beancount)
      default: NDJSONExport()
      }
    // The end is fixed before the first line, for the header names it.
    let scope = try session.read { try $0.exportScope(filter, after: after) }
    write(form.begin(scope), session)
    var (cursor, count) = (after, 0)
    let limit = filter.selector.limit ?? .max
    while cursor < scope.head, count < limit, !session.output.isReaderGone {
      let room = limit - count
      let (next, lines) = try session.read { snapshot in
        let page = try snapshot.page(after: cursor, filter)
        let events = page.events.filter { $0.position <= scope.head }.prefix(room)
        count += events.count
        return (page.after, try events.flatMap { try form.lines($0, in: &snapshot) })
      }
      write(lines, session)
      cursor = next
    }
    write(form.end(), session)
    session.output.note("\(count) events · head \(scope.head)")
    return .ok
  }

  /// As they are: an export is read by programs, and each form has seen to its own escaping.
  private static func write(_ lines: [String], _ session: Session) {
    for line in lines { session.output.raw(Array(line.utf8) + [0x0A]) }
  }
}
