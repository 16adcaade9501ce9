// ledger doctor: whether this installation is well, line by line, with the mend for what is not.
// The reading is a child process's: a damaged file can kill its reader, and that is a finding too.

import CommandLine
import Ledger
import Posix
import Wire

enum Doctor {
  static let declaration = Declaration(
    "doctor", .check, "Whether home, poller, providers and disk are well",
    details: """
      Writes nothing into the log. Exit 1 when something is bad, 0 when there are only warnings. \
      Tokens are looked for in this shell's variables and in HOME/secrets; none is ever shown. \
      Only with --providers is the network touched: one request without a token to each provider \
      in use.
      """,
    options: [.flag("providers", "Also ask whether each provider in use can be reached")],
    examples: ["ledger doctor", "ledger doctor --providers --json"])

  /// Set for the child, which does the reading.
  private static let childMark = "LEDGER_DOCTOR_CHILD"

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    try session.requireDirectory()
    try Verification.requireSomething(in: session.home)
    if Machine.environment(childMark) != nil {
      examine(session)
      return .ok
    }
    var sheet = Sheet(session)
    let own = try Machine.executablePath()
    let end = try ChildProcess.run(
      own, ["--home", session.home.path, "--json", "doctor"], adding: [(childMark, "1")]
    ) { sheet.add(line: $0) }
    if end != .exited(0) { sheet.add(died(end)) }
    if arguments.flag("providers") { try reach(session, beside: own, &sheet) }
    return sheet.finish()
  }

  /// The child's part: one JSON line a finding.
  private static func examine(_ session: Session) {
    let report = { (finding: HealthFinding) in
      session.output.json(finding.json)
      session.output.flush()
    }
    let examination = Examination(
      session.home, now: session.now, environment: { Machine.environment($0) }, report: report)
    let books = examination.run()
    ProviderExamination.run(session, books, report: report)
    if let head = try? books?.read({ $0.head }) { session.output.json(["head": .int(head)]) }
  }

  /// The child ended before it was done: what it read ended it.
  private static func died(_ end: ChildEnd) -> HealthFinding {
    let how =
      switch end {
      case .exited(let code): "exit \(code)"
      case .signaled(let signal): "signal \(signal)"
      }
    return HealthFinding(
      "log", .bad, "reading ended in \(how): a page is not what was written", do: "ledger verify")
  }

  /// The network is another program's, which says for each provider whether an answer came.
  private static func reach(
    _ session: Session, beside own: String, _ sheet: inout Sheet
  ) throws {
    let path = (FileSystem.parent(of: own) ?? ".") + "/ledgerd"
    guard FileSystem.exists(path) else {
      return sheet.add(
        HealthFinding(
          "providers", .bad, "ledgerd, which asks them, is not beside \(own)", do: "ls \(path)"))
    }
    let before = sheet.count
    let end = try ChildProcess.run(
      path, ["--home", session.home.path, "--json", "reach"]
    ) { sheet.add(line: $0) }
    if end != .exited(0) {
      sheet.add(
        HealthFinding("providers", .bad, "they could not be asked", do: "ledger poll --once"))
    } else if sheet.count == before {
      sheet.add(HealthFinding("providers", .ok, "none is in use"))
    }
  }
}

/// The findings as they come, and what they come to.
private struct Sheet {
  private let session: Session
  private var levels: [HealthFinding.Level] = []
  private var checks: Set<String> = []
  /// Where the log ends; nil when the books could not be opened.
  private var head: UInt64?

  init(_ session: Session) { self.session = session }

  var count: Int { levels.count }

  /// What a child process printed.
  mutating func add(line: String) {
    guard let json = try? JSON(parsing: line) else { return }
    if let head = json["head"]?.int { self.head = UInt64(exactly: head) }
    if let finding = HealthFinding(json) { add(finding) }
  }

  mutating func add(_ finding: HealthFinding) {
    levels.append(finding.level)
    checks.insert(finding.check)
    guard !session.output.settings.isJSON else { return session.output.json(finding.json) }
    var screen = Screen(session.output, now: session.now)
    screen.health(finding, session)
    session.output.lines(screen.lines)
  }

  func finish() -> ExitCode {
    let bad = levels.count { $0 == .bad }
    let warnings = levels.count { $0 == .warn }
    let isWell = bad == 0
    if session.output.settings.isJSON {
      session.output.json([
        "doctor": .string(isWell ? "ok" : "findings"), "checks": .int(checks.count),
        "bad": .int(bad), "warnings": .int(warnings), "head": head.map { .int($0) } ?? .null,
      ])
    } else {
      var screen = Screen(session.output, now: session.now)
      screen.verdict(bad: bad, warnings: warnings, head: head)
      session.output.lines(screen.lines)
    }
    return isWell ? .ok : .no
  }
}
