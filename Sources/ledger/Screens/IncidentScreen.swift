// Incidents for a person: a part for each kind, the commonest first, with the jobs and what to do.

import CommandLine
import Ledger
import Wire

extension Screen {
  /// Jobs of a kind that are named while all kinds are shown.
  private static let jobsOfAKind = 5
  /// Different commands that a kind names.
  private static let commandsOfAKind = 3

  /// - Parameters:
  ///   - leftOut: incidents beyond the limit.
  ///   - isWhole: one kind was asked for: its jobs are all named.
  mutating func incidents(
    _ incidents: [Incident], leftOut: Int, isWhole: Bool, head: Position, _ session: Session
  ) {
    let kinds = Dictionary(grouping: incidents, by: \.diagnosis.code)
    let order = kinds.sorted {
      ($1.value.count, $0.key) < ($0.value.count, $1.key)
    }
    for (index, (code, all)) in order.enumerated() {
      if index > 0 { blank() }
      kind(code, all, isWhole ? all.count : Screen.jobsOfAKind, session)
    }
    if !incidents.isEmpty { blank() }
    let jobs = Set(incidents.compactMap(\.job)).count
    let count = "\(Human.count(incidents.count)) \(incidents.count == 1 ? "incident" : "incidents")"
    line(
      incidents.isEmpty
        ? "nothing here looks like a known incident · head \(head)"
        : "\(count) in \(Human.count(jobs)) \(jobs == 1 ? "job" : "jobs") · head \(head)")
    if leftOut > 0 { line("\(Human.count(leftOut)) more; --limit N names more of them") }
  }

  private mutating func kind(
    _ code: String, _ all: [Incident], _ limit: Int, _ session: Session
  ) {
    line(style(.attention, code) + "  " + Human.count(all.count))
    if let title = all.first?.diagnosis.title { indented(title) }
    var table = TextTable([
      .init("  JOB", max: 34, min: 14), .init("ACCOUNT", max: 20, min: 6),
      .init("PROVIDER", max: 16, min: 6), .init("CERTAINTY"), .init("PROOF", max: 16, min: 6),
      .init("WHEN", min: 6),
    ])
    for incident in all.prefix(limit) {
      let proof = incident.diagnosis.evidence.map { "\($0)" }.joined(separator: ",")
      table.append([
        .init("  " + (incident.job ?? "none")), .init(incident.account ?? ""),
        .init(incident.provider ?? ""), .init(incident.diagnosis.certainty.rawValue), .init(proof),
        .init(incident.at.map { Human.relative($0, now: now) } ?? ""),
      ])
    }
    self.table(table)
    if all.count > limit {
      line(
        "  \(Human.count(all.count - limit)) more: "
          + session.command("incidents --kind \(code)"))
    }
    for next in Screen.commands(all) { self.next(Screen.located(next, session)) }
  }

  /// A sentence, indented.
  private mutating func indented(_ text: String) {
    for part in Wrap.lines(Escaping.terminal(text), columns: columns - 2) { line("  " + part) }
  }

  /// What to type for these: the command itself, or for several jobs its form.
  private static func commands(_ incidents: [Incident]) -> [String] {
    var commands: [String] = []
    for incident in incidents {
      guard commands.count < commandsOfAKind, let next = incident.diagnosis.next else { continue }
      let form = incidents.count > 1 ? general(next, job: incident.job) : next
      if !commands.contains(form) { commands.append(form) }
    }
    if let job = incidents.first?.job {
      commands.append("ledger explain \(incidents.count > 1 ? "JOB" : job)")
    }
    return commands
  }

  /// The command with `JOB` for the job's id.
  private static func general(_ command: String, job: String?) -> String {
    command.split(separator: " ", omittingEmptySubsequences: false)
      .map { job == String($0) ? "JOB" : String($0) }.joined(separator: " ")
  }

  private static func located(_ command: String, _ session: Session) -> String {
    guard command.hasPrefix("ledger ") else { return command }
    return session.command(String(command.dropFirst("ledger ".count)))
  }
}
