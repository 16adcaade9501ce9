// ledger pause, unpause

import CommandLine
import Ledger
import Providers
import Wire

enum PauseSubmission {
  static let declaration = Declaration(
    "pause", .operate, "Stop submitting; polling goes on",
    options: [
      .value("provider", .identifier, "Only to this provider", as: "P"),
      .value("account", .account, "Only for this account", as: "A"),
      .required("reason", .text, "Why, kept in the log", as: "R"),
    ],
    examples: ["ledger pause --provider replicate --reason 'their status page is red'"])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let provider = try arguments.string("provider").map {
      try session.registry().profile($0).name
    }
    let account = arguments.string("account")
    let pause = Pause(
      provider: provider, account: account, reason: try arguments.reason() ?? "")
    let receipt = try session.write(.pause(pause), makesHome: true)
    session.answer(receipt, "submission paused", provider, account)
    return .ok
  }
}

enum Unpause {
  static let declaration = Declaration(
    "unpause", .operate, "Submit again; ends the pause of the same scope",
    options: [
      .value("provider", .identifier, "The provider that is paused", as: "P"),
      .value("account", .account, "The account that is paused", as: "A"),
    ],
    examples: ["ledger unpause --provider replicate"])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    // A provider whose profile is gone can still be unpaused.
    let given = arguments.string("provider")
    let provider = given.map { (try? session.registry().profile($0).name) ?? $0 }
    let account = arguments.string("account")
    let receipt = try session.write(.unpause(provider: provider, account: account))
    session.answer(receipt, "submission goes on", provider, account)
    return .ok
  }
}

extension Session {
  fileprivate func answer(
    _ receipt: Receipt, _ done: String, _ provider: String?, _ account: String?
  ) {
    if output.settings.isJSON {
      output.json([
        "provider": provider.map(JSON.string) ?? .null,
        "account": account.map(JSON.string) ?? .null, "position": .int(receipt.position),
        "repeated": .bool(receipt.isRepeated),
      ])
      return
    }
    let names = [provider, account].compactMap { $0 }
    let scope = names.isEmpty ? "everything" : names.joined(separator: ", ")
    output.line("\(done) for \(scope) \(place(receipt))")
  }
}
