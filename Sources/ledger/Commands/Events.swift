// ledger events: the log, in order.

import CommandLine
import Ledger
import Wire

enum Events {
  static let declaration = Declaration(
    "events", .watch, "The log, one line per event",
    details: """
      With --limit the first so many after --after: the position of the last line is the next \
      --after. With --follow also what providers say meanwhile: lines that are no events, shown \
      once ("live":true with --json).
      """,
    operands: [.optional("JOB", .identifier, "only this job's")],
    options: [
      .value("type", .list, "Of these types, e.g. job.polled,credit.held", as: "T"),
      .value("after", .integer(0...Int.max), "Only after this position", as: "POS"),
      .flag("follow", "Go on with every new event"),
    ],
    selector: true,
    examples: [
      "ledger events demo-1", "ledger events --type job.failed --since 24h --json",
      "ledger events --after 1200 --follow --json",
    ])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    var filter = EventFilter(
      selector: try arguments.selector(now: session.now), job: arguments.string("JOB"))
    for name in arguments.list("type") { filter.types.insert(try type(name)) }
    if let id = filter.job, try session.read({ try $0.jobNumber(id) }) == nil {
      throw Session.unknownJob(id)
    }
    var reader = LogReader(session, filter, after: Position(arguments.integer("after") ?? 0))
    var lines = EventLines(session.output, showsSubject: filter.job == nil)
    let isJSON = session.output.settings.isJSON
    let follow = arguments.flag("follow")
    try reader.run(follow: follow, live: follow ? LiveTail(session, filter) : nil) {
      snapshot, event in
      if isJSON { return [try snapshot.json(event).text] }
      let subject = try snapshot.subject(event.subject)?.name.id ?? ""
      return lines.lines(event, subject: subject, words: try snapshot.words(event))
    }
    if !isJSON { session.output.line("\(reader.count) events · head \(reader.head)") }
    return .ok
  }

  private static func type(_ name: String) throws(Failure) -> EventType {
    let types = EventType.allCases
    if let type = types.first(where: { $0.name == name }) { return type }
    let near = Suggest.nearest(to: name, among: types.map(\.name))
    throw .usage(
      "--type knows no \"\(Escaping.terminal(name))\""
        + (near.map { "; did you mean \"\($0)\"?" } ?? ""),
      next: "--type \(near ?? "job.polled")")
  }
}
