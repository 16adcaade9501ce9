// ledger replay: rebuild the views from the log, compare, swap.

import CommandLine
import Ledger
import Posix
import Wire

enum ReplayViews {
  static let declaration = Declaration(
    "replay", .check, "Rebuild the views from the log and compare",
    details: """
      The views that serve go on serving until the new ones are complete. When the two differ the \
      log is right: the new ones serve from then on, and you are told loudly. Views that cannot \
      be read at all are given up (exit 65): the next replay builds them from the log alone.
      """,
    options: [
      .flag("check", "Compare only, change nothing"),
      .value("until", .positionOrTime, "Only up to there, change nothing", as: "POS|TIME"),
    ],
    rules: [.atMostOne(["check", "until"])],
    examples: ["ledger replay", "ledger replay --check", "ledger replay --until 1000"])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let pointer = session.home.current
    if !arguments.flag("check"), arguments.string("until") == nil, FileSystem.exists(pointer) {
      DamageHandler.discard(views: pointer, isJSON: session.output.settings.isJSON)
    }
    let books = try session.books()
    var progress = Progress("replaying", output: session.output)
    let report = try books.replay(try mode(session, arguments)) { done, total in
      progress.update(Int(done), of: Int(total))
    }
    progress.finish()
    if session.output.settings.isJSON {
      session.output.json(json(report))
    } else {
      show(report, session)
    }
    return arguments.flag("check") && report.differences?.isEmpty == false ? .no : .ok
  }

  private static func mode(_ session: Session, _ arguments: Arguments) throws -> ReplayMode {
    switch arguments.positionOrTime("until", now: session.now) {
    case .position(let position): return .until(Position(position))
    case .time(let time): return .until(try session.read { try $0.position(at: time) })
    case nil: return arguments.flag("check") ? .check : .swap
    }
  }

  private static func json(_ report: ReplayReport) -> JSON {
    [
      "events": .int(report.events), "seconds": .number("\(report.seconds)"),
      "events_per_second": .int(rate(report)), "generation": .int(report.generation),
      "digest": .object(
        JSONObject(
          report.digest.projections.map {
            JSONObject.Member($0.name, .string($0.digest.description))
          })),
      "equal": report.differences.map { .bool($0.isEmpty) } ?? .null,
      "swapped": .bool(report.isSwapped), "head": .int(report.head),
    ]
  }

  private static func show(_ report: ReplayReport, _ session: Session) {
    var screen = Screen(session.output, now: session.now)
    screen.line(
      "\(Human.count(Int(report.events))) events in \(Human.duration(.seconds(report.seconds))), "
        + "\(Human.count(rate(report))) a second")
    switch report.differences {
    case .some(let names) where names.isEmpty:
      screen.sentence("equal: the views that served are what the log says", .good)
    case .some(let names):
      screen.sentence(
        "DIFFERENT: \(names.joined(separator: ", ")) did not follow from the log; the log is right",
        .bad)
    case nil: screen.line("not compared: not the whole log")
    }
    screen.line(report.isSwapped ? "generation \(report.generation) serves now" : "nothing changed")
    for (name, digest) in report.digest.projections { screen.whole(name, digest.description) }
    screen.line("head \(report.head)")
    if !report.isSwapped, report.differences?.isEmpty == false {
      screen.next(session.command("replay"))
    }
    session.output.lines(screen.lines)
  }

  private static func rate(_ report: ReplayReport) -> Int {
    Int(Double(report.events) / max(report.seconds, 1e-6))
  }
}
