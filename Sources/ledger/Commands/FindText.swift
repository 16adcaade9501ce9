// ledger find

import CommandLine
import Ledger
import Wire

enum FindText {
  /// Findings shown when `--limit` does not say.
  private static let findings = 40
  /// Events looked at under one snapshot, and in all.
  private static let pageEvents = 4096
  private static let eventsMax = 4_000_000

  static let declaration = Declaration(
    "find", .watch, "Find a text: ids, handles, models, inputs, messages",
    details: """
      Newest first; each subject's field once. What providers replied is not looked \
      through.
      """,
    operands: [.required("TEXT", .text, "what to look for; capitals do not matter")],
    selector: true,
    examples: ["ledger find r8x1y2z3", "ledger find nsfw --account acme --since 7d"])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    guard let needle = Needle(arguments.required("TEXT")) else {
      throw Failure.usage("TEXT expects 1 to \(Limits.wordBytes) bytes")
    }
    let selector = try arguments.selector(now: session.now)
    let limit = selector.limit ?? findings
    var seen: Set<String> = []
    var found: [Finding] = []
    var before = Position.max
    var head: Position = 0
    var looked = 0
    while before > 0, found.count < limit, looked < eventsMax, !session.output.isReaderGone {
      let (page, next, end) = try session.read { snapshot in
        let page = try snapshot.find(needle, selector, before: before, pageEvents: pageEvents)
        return (page.found, page.before, snapshot.head)
      }
      for finding in page where found.count < limit {
        guard seen.insert("\(finding.subject) \(finding.field)").inserted else { continue }
        found.append(finding)
        if session.output.settings.isJSON { session.output.json(finding.json) }
      }
      head = max(head, end)
      looked += pageEvents
      before = next
    }
    if before > 0, found.count < limit {
      session.output.warning("only the newest \(looked) events were looked through")
    }
    if session.output.settings.isJSON { return .ok }
    var screen = Screen(session.output, now: session.now)
    screen.findings(found, head: head)
    session.output.lines(screen.lines)
    return .ok
  }
}

extension Screen {
  fileprivate mutating func findings(_ found: [Finding], head: Position) {
    if !found.isEmpty {
      var table = TextTable([
        .init("EVENT", .right), .init("ABOUT", max: 28, min: 10), .init("FIELD", max: 16, min: 5),
        .init("TEXT", min: 10),
      ])
      for finding in found {
        table.append([
          .init("\(finding.position)"), .init(finding.subject), .init(finding.field),
          .init(finding.text),
        ])
      }
      self.table(table)
      blank()
    }
    line("\(found.count) found · head \(head)")
  }
}
