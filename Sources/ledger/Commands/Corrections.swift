// ledger refund, adjust: corrections of money by a person, never edits.

import CommandLine
import Ledger
import Wire

enum GiveBack {
  static let declaration = Declaration(
    "refund", .money, "Give a job's charge back, all of it or a part",
    details: "Never more than was charged and not refunded. --key makes a repetition harmless.",
    operands: [
      .required("JOB", .identifier, "the job that was charged"),
      .optional("CREDITS", .credits, "how many; all that is left when not given"),
    ],
    options: [
      .required("reason", .text, "Why, kept in the log", as: "R"),
      .value("key", .identifier, "Makes a repetition harmless", as: "K"),
    ],
    examples: [
      "ledger refund demo-1 --reason 'wrong aspect ratio'",
      "ledger refund demo-1 2.5 --reason 'half of it was usable' --key ticket-7",
    ])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let refund = Refund(
      job: arguments.required("JOB"), amount: try arguments.credits("CREDITS"),
      reason: try arguments.reason())
    let receipt = try session.write(.refund(refund), key: arguments.string("key"))
    let body = receipt.events.lazy.compactMap { event in
      if case .creditRefunded(let body) = event.event { body } else { nil }
    }.first
    let amount = body?.amount ?? .zero
    let account = try session.read { snapshot in
      try body.flatMap { try snapshot.subject($0.account) }?.name.id
    }
    if session.output.settings.isJSON {
      session.output.json(receipt.refunded(refund.job, account: account ?? ""))
    } else {
      session.output.line(
        "\(refund.job)  \(Human.grouped(amount.description)) given back to \(account ?? "") "
          + session.place(receipt))
    }
    return .ok
  }
}

enum Adjust {
  static let declaration = Declaration(
    "adjust", .money, "Correct an account; less than 0 takes away",
    details: """
      What is given has no end. What is taken is drawn like a hold, never below the account's \
      limit.
      """,
    operands: [
      .required("ACCOUNT", .account, "whose"),
      .required("CREDITS", .signedCredits, "how many, e.g. 5 or -5"),
    ],
    options: [
      .required("reason", .text, "Why, kept in the log", as: "R"),
      .value("key", .identifier, "Makes a repetition harmless", as: "K"),
    ],
    examples: [
      "ledger adjust acme -5 --reason 'granted twice' --key ticket-8",
      "ledger adjust acme 2.5 --reason 'goodwill'",
    ])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    guard let amount = try arguments.credits("CREDITS") else { return .usage }
    let id = arguments.required("ACCOUNT")
    let adjustment = Adjustment(account: id, amount: amount, reason: try arguments.reason())
    let receipt = try session.write(.adjust(adjustment), key: arguments.string("key"))
    let available = try session.read { snapshot in
      try snapshot.accountStatus(id, asOf: receipt.position)?.account.available ?? .zero
    }
    if session.output.settings.isJSON {
      session.output.json(receipt.adjusted(id, by: amount, available: available))
    } else {
      session.output.line(
        "\(id) corrected by \(Human.grouped(amount.description)); "
          + "\(Human.grouped(available.description)) available \(session.place(receipt))")
    }
    return .ok
  }
}
