// ledger timeline

import CommandLine
import Ledger

enum ShowTimeline {
  static let declaration = Declaration(
    "timeline", .watch, "A job along the time axis",
    details: """
      A lane for each kind of work, then the events, each so long after the first. Polls that say \
      the same are one row; silences of a minute or more are shown. Letters: ━ work, ┄ not at its \
      end yet, ░ silence, | a moment, ! trouble.
      """,
    operands: [.required("JOB", .identifier, "the job")],
    examples: ["ledger timeline demo-1"])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let id = arguments.required("JOB")
    let now = session.now
    let (head, timeline, status) = try session.read { snapshot in
      (snapshot.head, try snapshot.timeline(id), try snapshot.status(job: id, now: now))
    }
    guard let timeline, let status else { throw Session.unknownJob(id) }
    if session.output.settings.isJSON {
      for row in timeline.rows { session.output.json(row.json) }
      return .ok
    }
    var screen = Screen(session.output, now: now)
    screen.timeline(timeline, status, head: head)
    session.output.lines(screen.lines)
    return .ok
  }
}
