// ledger balance

import CommandLine
import Ledger

enum Balance {
  static let declaration = Declaration(
    "balance", .money, "What an account has, or every account",
    operands: [.optional("ACCOUNT", .account, "whose; every account's when not given")],
    examples: ["ledger balance acme"])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    guard let id = arguments.string("ACCOUNT") else {
      return try AccountList.show(session) { $0.balance }
    }
    guard let status = try session.read({ try $0.accountStatus(id) }) else {
      throw Session.unknownAccount(id)
    }
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
