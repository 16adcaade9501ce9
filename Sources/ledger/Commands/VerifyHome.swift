// ledger verify: read everything and believe nothing, in a child process, for a damaged file can
// kill its reader; the parent turns such an end into a finding.

import CommandLine
import Ledger
import Posix
import Wire

enum VerifyHome {
  static let declaration = Declaration(
    "verify", .check, "Check every byte of the log, and the views",
    details: """
      Exit 1 when something is damaged. Safe while others read and write. With --checkpoint also \
      against what was signed: whose key is believed is HOME/keys or, better, one kept elsewhere.
      """,
    options: [
      .value("checkpoint", .path, "Against this signed checkpoint", as: "FILE"),
      .value("public-key", .text, "Believe this signer: 64 hex digits", as: "HEX"),
    ],
    rules: [.needs("public-key", "checkpoint")],
    examples: [
      "ledger verify", "ledger verify --json", "ledger verify --checkpoint checkpoint.json",
    ])

  /// Set for the child, which does the reading.
  private static let childMark = "LEDGER_VERIFY_CHILD"

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    try session.requireDirectory()
    try Verification.requireSomething(in: session.home)
    let checkpoint = try CheckpointCheck(arguments)
    if Machine.environment(childMark) != nil { return try check(session, checkpoint) }
    var screen = Screen(session.output, now: session.now)
    var told = Told()
    let words =
      ["--home", session.home.path, "--json", "verify"]
      + ["checkpoint", "public-key"].flatMap { name in
        arguments.string(name).map { ["--\(name)", $0] } ?? []
      }
    let end = try ChildProcess.run(
      try Machine.executablePath(), words, adding: [(childMark, "1")]
    ) { line in
      guard let json = try? JSON(parsing: line) else { return }
      if told.isCheck(json) { show(json, session, &screen) }
    }
    if case .exited(let code) = end {
      if let failure = told.failure(code) { throw failure }
      if let summary = told.summary {
        finish(summary, told, session, &screen)
        return ExitCode(rawValue: code) ?? .no
      }
    }
    return report(end, told, session, &screen)
  }

  /// The child's part: one JSON line a check, the last with the sum, or with what kept it from
  /// being made.
  private static func check(
    _ session: Session, _ checkpoint: CheckpointCheck?
  ) throws -> ExitCode {
    var verification = Verification(session.home, against: checkpoint) { check in
      session.output.json(
        ["check": .string(check.name), "ok": .bool(check.isOK), "detail": .string(check.detail)])
      session.output.flush()
    }
    do throws(BooksError) {
      let head = try verification.run()
      session.output.json(summary(verification.isOK, verification.events, head))
      return verification.isOK ? .ok : .no
    } catch {
      session.output.json(Failure(error).json)
      return Failure(error).exitCode
    }
  }

  private static func summary(_ isOK: Bool, _ events: UInt64, _ head: Position) -> JSON {
    [
      "verify": .string(isOK ? "ok" : "damaged"), "events": .int(events), "head": .int(head),
    ]
  }

  /// The child ended before it was done: what it read ended it.
  private static func report(
    _ end: ChildEnd, _ told: Told, _ session: Session, _ screen: inout Screen
  ) -> ExitCode {
    let how =
      switch end {
      case .exited(let code): "exit \(code)"
      case .signaled(let signal): "signal \(signal)"
      }
    let (name, mend) = told.isLogWhole ? ("views", ": run ledger replay") : ("read", "")
    let check: JSON = [
      "check": .string(name), "ok": false,
      "detail": .string("reading ended in \(how): a page is not what was written\(mend)"),
    ]
    var told = told
    _ = told.isCheck(check)
    show(check, session, &screen)
    finish(summary(false, 0, 0), told, session, &screen)
    return .no
  }

  private static func show(_ check: JSON, _ session: Session, _ screen: inout Screen) {
    if session.output.settings.isJSON { return session.output.json(check) }
    let isOK = check["ok"]?.bool == true
    let detail = check["detail"]?.string ?? ""
    screen.field(
      check["check"]?.string ?? "", isOK ? detail : "DAMAGED: \(detail)", isOK ? nil : .bad)
  }

  private static func finish(
    _ summary: JSON, _ told: Told, _ session: Session, _ screen: inout Screen
  ) {
    if session.output.settings.isJSON { return session.output.json(summary) }
    let isOK = summary["verify"]?.string == "ok"
    screen.sentence(
      isOK
        ? "ok: \(Human.count(summary["events"]?.int ?? 0)) events"
        : told.isLogWhole
          ? "damaged: only the views, which ledger replay builds anew"
          : "damaged: keep a copy of this home as it is, then restore a backup", isOK ? .good : .bad
    )
    screen.line("head \(summary["head"]?.int ?? 0)")
    session.output.lines(screen.lines)
  }
}

/// What the child has said so far.
private struct Told {
  private var bad: Set<String> = []
  private var seen: Set<String> = []
  private(set) var summary: JSON?
  private var error: JSON?

  /// Takes in a line; true when it is one of a check.
  mutating func isCheck(_ line: JSON) -> Bool {
    guard let name = line["check"]?.string else {
      if line["verify"] != nil { summary = line }
      error = line["error"]
      return false
    }
    seen.insert(name)
    if line["ok"]?.bool != true { bad.insert(name) }
    return true
  }

  /// The log and its witness were looked at and nothing was wrong with them.
  var isLogWhole: Bool { seen.contains("head") && bad.isSubset(of: ["views"]) }

  /// Why nobody can say how the home is; nil when the child could.
  func failure(_ code: Int32) -> Failure? {
    guard let error, let code = ExitCode(rawValue: code) else { return nil }
    return Failure(
      code, error["code"]?.string ?? "", error["message"]?.string ?? "",
      next: error["next"]?.string)
  }
}

extension CheckpointCheck {
  /// What `--checkpoint` and `--public-key` say; nil without a checkpoint.
  fileprivate init?(_ arguments: Arguments) throws {
    guard let path = arguments.string("checkpoint") else { return nil }
    guard let file = try FileSystem.read(path, limit: Checkpoint.fileBytesMax),
      let checkpoint = Checkpoint(file)
    else {
      throw Failure(
        .damagedData, "bad_checkpoint", "\(path) is no checkpoint",
        next: "ledger checkpoint --out FILE")
    }
    let given = arguments.string("public-key")
    let key = given.flatMap { Hex.bytes($0) }
    guard given == nil || key?.count == Ed25519.publicKeyByteCount else {
      throw Failure.usage("--public-key expects 64 hexadecimal digits")
    }
    self.init(checkpoint, trusted: key)
  }
}
