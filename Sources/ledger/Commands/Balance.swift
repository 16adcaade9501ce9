// ledger balance

import CommandLine
import Ledger

enum Balance {
  static let declaration = Declaration(
    "balance", .money, "What an account has, or every account",
    operands: [.optional("ACCOUNT", .account, "whose; every account's when not given")],
    options: [.asOf],
    examples: [
      "ledger balance acme", "ledger balance acme --as-of 2026-11-01",
      "ledger balance --as-of 1200 --json",
    ])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    guard let id = arguments.string("ACCOUNT") else {
      return try AccountList.show(session, arguments) { $0.balance }
    }
    let now = session.now
    let status = try session.read { snapshot in
      if let position = try arguments.asOf(snapshot, now: now) {
        return try snapshot.accountStatus(id, asOf: position)
      }
      return try snapshot.accountStatus(id)
    }
    guard let status else { throw Session.unknownAccount(id) }
    if session.output.settings.isJSON {
      session.output.json(status.balance)
      return .ok
    }
    var screen = Screen(session.output, now: session.now)
    screen.balance(status)
    session.output.lines(screen.lines)
    return .ok
  }
}
