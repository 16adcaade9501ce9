// ledger incidents: what was diagnosed, by kind, with what to do about each.

import CommandLine
import Ledger
import Wire

enum Incidents {
  static let declaration = Declaration(
    "incidents", .watch, "What went wrong, by name, with what to do",
    details: """
      Diagnoses are read from the events when asked, so they are never out of date; \
      ledger explain JOB tells the whole story of one.
      """,
    options: [.value("kind", .text, "Only this diagnosis, such as NEVER_POLLED", as: "CODE")],
    selector: true,
    examples: [
      "ledger incidents", "ledger incidents --kind NEVER_POLLED",
      "ledger incidents --account acme --since 7d --json",
    ])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let now = session.now
    let kind = try arguments.string("kind").map { try code($0) }
    var selector = try arguments.selector(now: now)
    // Of the incidents, not of the jobs that are looked at for them.
    let limit = selector.limit ?? .max
    selector.limit = nil
    let (all, head) = try session.read { snapshot in
      (try snapshot.incidents(selector, now: now), snapshot.head)
    }
    let found = all.filter { kind == nil || $0.diagnosis.code == kind }
    let shown = found.prefix(limit)
    guard !session.output.settings.isJSON else {
      for incident in shown { session.output.json(incident.json) }
      return .ok
    }
    var screen = Screen(session.output, now: now)
    screen.incidents(
      Array(shown), leftOut: found.count - shown.count, isWhole: kind != nil, head: head, session)
    session.output.lines(screen.lines)
    return .ok
  }

  /// A code as people write it: `never_polled` is meant just as well.
  private static func code(_ text: String) throws(Failure) -> String {
    let name = String(text.uppercased().map { $0 == "-" ? "_" : $0 })
    let codes = DiagnosisRule.all.map(\.code)
    if codes.contains(name) { return name }
    let near = Suggest.nearest(to: name, among: codes.map { $0.lowercased() })?.uppercased()
    throw .usage(
      "--kind knows no \"\(Escaping.terminal(text))\""
        + (near.map { "; did you mean \"\($0)\"?" } ?? ""),
      next: near.map { "ledger incidents --kind \($0)" } ?? "ledger incidents --help")
  }
}
