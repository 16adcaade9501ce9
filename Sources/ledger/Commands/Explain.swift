// ledger explain: a job's story for whoever is asked about it the day after.

import CommandLine
import Ledger
import Wire

enum Explain {
  static let declaration = Declaration(
    "explain", .watch, "What the user saw, what happened, the money, what to do",
    details: """
      Every diagnosis names the events that prove it. With a selector one story after another, the \
      newest job's first; --limit says how many.
      """,
    operands: [.optional("JOB", .identifier, "the job; or a selector")],
    selector: true,
    rules: [.atLeastOne(["JOB"] + Option.selector.map(\.name))]
      + Option.selector.map { .atMostOne(["JOB", $0.name]) },
    examples: [
      "ledger explain demo-1", "ledger explain --account acme --since 24h",
      "ledger explain --state parked,uncertain --limit 5 --json",
    ])

  /// Stories on a screen when `--limit` does not say.
  private static let shown = 10
  /// Jobs read under one snapshot.
  private static let pieceJobs = 64

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    if let id = arguments.string("JOB") {
      guard let number = try session.read({ try $0.jobNumber(id) }) else {
        throw Session.unknownJob(id)
      }
      try tell([number], leftOut: 0, session)
      return .ok
    }
    let selector = try arguments.selector(now: session.now)
    var unlimited = selector
    unlimited.limit = nil
    let all = try session.read { try $0.jobs(unlimited) }
    let limit = selector.limit ?? (session.output.settings.isJSON ? all.count : shown)
    try tell(Array(all.prefix(limit)), leftOut: max(0, all.count - limit), session)
    return .ok
  }

  /// In pieces: a slow reader of our output must not pin the store's pages.
  private static func tell(
    _ numbers: [SubjectNumber], leftOut: Int, _ session: Session
  ) throws {
    let now = session.now
    var rest = numbers[...]
    var head = try session.read { $0.head }
    var told = 0
    while !rest.isEmpty, !session.output.isReaderGone {
      let piece = rest.prefix(pieceJobs)
      rest = rest.dropFirst(piece.count)
      let stories = try session.read { snapshot in
        head = snapshot.head
        return try piece.compactMap { try ToldStory($0, &snapshot, now: now) }
      }
      for story in stories {
        defer { told += 1 }
        guard !session.output.settings.isJSON else {
          session.output.json(story.explanation.json)
          continue
        }
        var screen = Screen(session.output, now: now)
        if told > 0 { screen.blank() }
        screen.story(story, session)
        session.output.lines(screen.lines)
      }
    }
    guard !session.output.settings.isJSON else { return }
    var screen = Screen(session.output, now: now)
    if told == 0 { screen.line("no such job") }
    if leftOut > 0 {
      screen.blank()
      screen.line("\(Human.count(leftOut)) more jobs are meant; --limit N tells more of them")
    }
    screen.field("head", "\(head)")
    session.output.lines(screen.lines)
  }
}

/// A job's explanation with what a screen shows around it.
struct ToldStory {
  let explanation: Explanation
  let status: JobStatus
  /// The events that diagnoses name, with their words.
  let proof: [Position: (event: RecordedEvent, words: String)]

  /// Nil when there is no such job.
  init?(_ number: SubjectNumber, _ snapshot: inout Snapshot, now: Timestamp) throws {
    guard let explanation = try snapshot.explanation(of: number, now: now),
      let status = try snapshot.status(number, now: now)
    else { return nil }
    self.explanation = explanation
    self.status = status
    var proof: [Position: (event: RecordedEvent, words: String)] = [:]
    for position in Set(explanation.diagnoses.flatMap(\.evidence)) {
      guard let event = try snapshot.log.event(at: position) else { continue }
      proof[position] = (event, try snapshot.words(event))
    }
    self.proof = proof
  }
}
