// ledger grant

import CommandLine
import Ledger
import Wire

enum GiveCredits {
  static let declaration = Declaration(
    "grant", .money, "Give an account credits; opens it",
    operands: [
      .required("ACCOUNT", .account, "who gets them"), .required("CREDITS", .credits, "how many"),
    ],
    options: [
      .value("expires", .futureTime, "When what is left of them ends"),
      .value("priority", .integer(-1000...1000), "Lower is spent first", default: "0"),
      .value("reason", .text, "Why, kept with the grant", as: "R"),
      .value("key", .identifier, "Makes a repetition harmless", as: "K"),
    ],
    examples: [
      "ledger grant acme 100", "ledger grant acme 20 --expires 90d --reason 'launch offer'",
    ])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    guard let amount = try arguments.credits("CREDITS") else { return .usage }
    let grant = Grant(
      account: session.account(arguments.required("ACCOUNT")), amount: amount,
      expires: arguments.deadline("expires", now: session.now),
      priority: Int64(arguments.integer("priority") ?? 0), reason: try arguments.reason())
    let receipt = try session.write(
      .grant(grant), key: arguments.string("key"), makesHome: true)
    if session.output.settings.isJSON {
      session.output.json(receipt.granted(grant.account))
    } else {
      session.output.line(
        "granted \(Human.grouped("\(grant.amount)")) credits to \(grant.account) "
          + session.place(receipt))
    }
    return .ok
  }
}
