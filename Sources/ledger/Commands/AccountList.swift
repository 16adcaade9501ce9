// ledger accounts, account show, account set

import CommandLine
import Ledger
import Wire

enum AccountList {
  static let declaration = Declaration(
    "accounts", .money, "Every account", options: [.asOf],
    examples: ["ledger accounts", "ledger accounts --as-of 7d"])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    try show(session, arguments) { $0.json }
  }

  static func show(
    _ session: Session, _ arguments: Arguments, _ json: (AccountStatus) -> JSON
  ) throws -> ExitCode {
    let now = session.now
    let (head, statuses) = try session.read { snapshot in
      if let position = try arguments.asOf(snapshot, now: now) {
        return (snapshot.head, try snapshot.accountStatuses(asOf: position))
      }
      return (snapshot.head, try snapshot.accountStatuses())
    }
    if session.output.settings.isJSON {
      for status in statuses { session.output.json(json(status)) }
      return .ok
    }
    var screen = Screen(session.output, now: session.now)
    if statuses.isEmpty {
      screen.line("no accounts yet · head \(head)")
      screen.next(session.command("grant ACCOUNT 100"))
    } else {
      screen.accounts(statuses)
      screen.blank()
      let noun = statuses.count == 1 ? "account" : "accounts"
      screen.line("\(statuses.count) \(noun) · head \(head)")
    }
    session.output.lines(screen.lines)
    return .ok
  }
}

enum AccountShow {
  static let declaration = Declaration(
    "account show", .money, "An account and the grants it can draw on",
    operands: [.required("ACCOUNT", .account, "whose")], examples: ["ledger account show acme"])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let id = arguments.required("ACCOUNT")
    guard let status = try session.read({ try $0.accountStatus(id) }) else {
      throw Session.unknownAccount(id)
    }
    if session.output.settings.isJSON {
      session.output.json(status.json)
      return .ok
    }
    var screen = Screen(session.output, now: session.now)
    screen.account(status)
    session.output.lines(screen.lines)
    return .ok
  }
}

enum AccountSet {
  static let declaration = Declaration(
    "account set", .money, "Set how far below zero an account may go",
    operands: [.required("ACCOUNT", .account, "whose")],
    options: [
      .required("limit", .credits, "How far below zero it may go"),
      .value("reason", .text, "Why, kept in the log", as: "R"),
    ],
    examples: ["ledger account set acme --limit 50"])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let id = arguments.required("ACCOUNT")
    let limit = try arguments.credits("limit") ?? .zero
    let receipt = try session.write(
      .setLimit(account: id, limit: limit, reason: try arguments.reason()))
    if session.output.settings.isJSON {
      session.output.json([
        "account": .string(id), "limit": .string(limit.description),
        "position": .int(receipt.position), "repeated": .bool(receipt.isRepeated),
      ])
    } else {
      session.output.line(
        "\(id) may go \(Human.grouped(limit.description)) below zero \(session.place(receipt))")
    }
    return .ok
  }
}

extension Screen {
  fileprivate mutating func accounts(_ statuses: [AccountStatus]) {
    var table = TextTable([
      .init("ACCOUNT", max: 32, min: 8), .init("AVAILABLE", .right, min: 9),
      .init("HELD", .right), .init("CAPTURED", .right, min: 8), .init("LIMIT", .right),
    ])
    for status in statuses {
      let account = status.account
      let amounts = [account.available, account.held, account.captured, account.limit]
      table.append(
        [.init(status.id)] + amounts.map { .init(Human.grouped($0.description)) })
    }
    self.table(table)
  }
}
