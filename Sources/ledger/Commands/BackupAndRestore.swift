// ledger backup, restore

import CommandLine
import Ledger
import Wire

enum Backup {
  static let declaration = Declaration(
    "backup", .operate, "Copy the books while others write, and prove the copy",
    details: """
      DIR must not exist or be empty. It holds the log, its witness, config.json and providers/; \
      never secrets or keys: keep those yourself.
      """,
    operands: [.required("DIR", .path, "where to")],
    examples: ["ledger backup backups/2026-11-21"])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let report = try session.books().backUp(to: arguments.required("DIR"))
    if session.output.settings.isJSON {
      session.output.json([
        "backup": .string(report.directory), "ledger_id": .string(Hex.text(report.ledgerID)),
        "incarnation": .int(report.incarnation), "head": .int(report.position),
        "chain_hash": .string(report.hash.description), "bytes": .int(report.bytes),
        "files": .array(report.files.map(JSON.string)),
      ])
    } else {
      session.output.line(
        "\(Human.count(Int(report.position))) events in \(report.directory), read again and proved "
          + "(head \(report.position))")
    }
    return .ok
  }
}

enum Restore {
  static let declaration = Declaration(
    "restore", .operate, "Put a backup in the place of the books",
    details: """
      Into an empty place, or over the same ledger while nothing else uses it. Events that the \
      backup lacks are lost, and only with --accept-loss. Afterwards submission is paused: jobs \
      may have been sent since the backup. Look at the provider's own list, then unpause.
      """,
    operands: [.required("DIR", .path, "the backup")],
    options: [.flag("accept-loss", "Lose the acknowledged events that the backup lacks")],
    examples: ["ledger --home new-books restore backups/2026-11-21"])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    try session.requireDirectory()
    let directory = arguments.required("DIR")
    let report: RestoreReport
    do {
      report = try Books.restore(
        session.home, from: directory, acceptsLoss: arguments.flag("accept-loss"), actor: .cli,
        by: session.by)
    } catch let refusal as Refusal {
      var failure = Failure(refusal)
      failure.next = failure.next.map { named($0, directory) }
      throw failure
    }
    if session.output.settings.isJSON {
      session.output.json(json(report, directory))
    } else {
      show(report, session)
    }
    return .ok
  }

  /// The command to type next, with the directory that was given.
  private static func named(_ next: String, _ directory: String) -> String {
    next.split(separator: " ", omittingEmptySubsequences: false)
      .map { $0 == "DIR" ? ShellText.quoted(directory) : String($0) }.joined(separator: " ")
  }

  private static func json(_ report: RestoreReport, _ directory: String) -> JSON {
    [
      "restored": .string(directory), "ledger_id": .string(Hex.text(report.ledgerID)),
      "incarnation": .int(report.incarnation), "backup_head": .int(report.backupHead),
      "lost": .int(report.lost?.count ?? 0),
      "lost_from": report.lost.map { .int($0.lowerBound) } ?? .null,
      "lost_to": report.lost.map { .int($0.upperBound) } ?? .null,
      "uncertain": .array(report.uncertain.map(JSON.string)),
      "waiting": .array(report.waiting.map(JSON.string)), "position": .int(report.position),
      "repeated": false,
    ]
  }

  private static func show(_ report: RestoreReport, _ session: Session) {
    var screen = Screen(session.output, now: session.now)
    screen.line(
      "restored \(Human.count(Int(report.backupHead))) events as incarnation "
        + "\(report.incarnation)")
    if let lost = report.lost {
      screen.sentence(
        "\(lost.count) acknowledged events are lost: \(lost.lowerBound) to \(lost.upperBound)", .bad
      )
    }
    screen.sentence("submission is paused", .attention)
    if !report.uncertain.isEmpty {
      screen.sentence("uncertain: \(report.uncertain.joined(separator: ", "))", .attention)
    }
    if !report.waiting.isEmpty {
      screen.sentence(
        "\(report.waiting.count) jobs were never sent and wait until you unpause", .attention)
      screen.next(session.command("status --state submitted"))
    }
    screen.line("head \(report.position)")
    screen.next(session.command("unpause"))
    session.output.lines(screen.lines)
  }
}
