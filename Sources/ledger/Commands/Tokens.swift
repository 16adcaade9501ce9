// ledger token create, list, revoke

import CommandLine
import Ledger
import Wire

enum TokenCreate {
  static let declaration = Declaration(
    "token create", .operate, "Let somebody use the HTTP API",
    details: """
      The token is shown once; the home keeps its digest alone. From the first token on every \
      request needs one, on this machine too.

      Scopes: jobs:write, jobs:read, credits:write, audit, operate.
      """,
    operands: [.required("NAME", .identifier, "who; in the log as the one who acts")],
    options: [
      .value("scope", .list, "What it may do", as: "S,...", default: "jobs:write,jobs:read"),
      .value("accounts", .list, "Whose, e.g. acme or acme/*", as: "A,...", default: "*"),
      .value("expires", .futureTime, "Refused from then on"),
    ],
    examples: [
      "ledger token create web --scope jobs:write,jobs:read --accounts 'acme/*'",
      "ledger token create finance --scope jobs:read,audit --expires 90d",
    ])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let name = arguments.required("NAME")
    let names = arguments.list("scope")
    let scopes = try (names.isEmpty ? ["jobs:write", "jobs:read"] : names).map(scope)
    let patterns = arguments.list("accounts")
    let accounts = try patterns.isEmpty ? [AccountPattern.all] : patterns.map(pattern)
    try session.makeHome()
    let text = AccessToken.makeText()
    let token = AccessToken(
      name: name, digest: AccessToken.digest(of: text), scopes: Set(scopes), accounts: accounts,
      createdAt: session.now, expiresAt: arguments.time("expires", now: session.now))
    try Configuration.change(session.home) { configuration in
      guard !configuration.tokens.contains(where: { $0.name == name }) else {
        throw Failure(
          .conflict, "conflict", "there is a token \(name) already",
          next: "ledger token revoke \(name)")
      }
      guard configuration.tokens.count < Configuration.tokensMax else {
        throw Failure(
          .conflict, "conflict", "there are \(Configuration.tokensMax) tokens already",
          next: "ledger token list")
      }
      configuration.tokens.append(token)
    }
    if session.output.settings.isJSON {
      guard var object = token.json.object else { return .bug }
      object["token"] = .string(text)
      session.output.json(.object(object))
    } else {
      session.output.line(text)
      session.output.note("shown this once; send it as \"Authorization: Bearer ...\"")
    }
    return .ok
  }

  private static func scope(_ name: String) throws(Failure) -> Scope {
    if let scope = Scope(rawValue: name) { return scope }
    let names = Scope.allCases.map(\.rawValue)
    throw .usage(
      "--scope knows no \"\(Escaping.terminal(name))\"",
      next: "--scope " + names.joined(separator: ","))
  }

  private static func pattern(_ text: String) throws(Failure) -> AccountPattern {
    guard let pattern = AccountPattern(text) else {
      throw .usage("--accounts expects account ids, ACCOUNT/* or *")
    }
    return pattern
  }
}

enum TokenList {
  static let declaration = Declaration(
    "token list", .operate, "Who may use the HTTP API", examples: ["ledger token list"])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    try session.requireDirectory()
    let tokens = try Configuration.read(session.home).tokens
    if session.output.settings.isJSON {
      for token in tokens { session.output.json(token.json) }
      return .ok
    }
    var screen = Screen(session.output, now: session.now)
    if tokens.isEmpty {
      screen.line("no tokens: only this machine is let in")
      screen.next(session.command("token create NAME"))
    } else {
      var table = TextTable([
        .init("NAME", max: 32, min: 6), .init("SCOPES", max: 44, min: 8),
        .init("ACCOUNTS", max: 32, min: 6), .init("ENDS"),
      ])
      for token in tokens {
        table.append([
          .init(token.name),
          .init(token.scopes.sorted().map(\.rawValue).joined(separator: ",")),
          .init(token.accounts.map(\.description).joined(separator: ",")),
          .init(token.expiresAt.map(Screen.clock) ?? "never"),
        ])
      }
      screen.table(table)
    }
    session.output.lines(screen.lines)
    return .ok
  }
}

enum TokenRevoke {
  static let declaration = Declaration(
    "token revoke", .operate, "Let somebody in no more",
    operands: [.required("NAME", .identifier, "whose token")],
    examples: ["ledger token revoke web"])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let name = arguments.required("NAME")
    try session.requireDirectory()
    try Configuration.change(session.home) { configuration in
      let count = configuration.tokens.count
      configuration.tokens.removeAll { $0.name == name }
      guard configuration.tokens.count < count else {
        throw Failure(
          .notFound, "not_found", "there is no token \(name)", next: "ledger token list")
      }
    }
    if session.output.settings.isJSON {
      session.output.json(["name": .string(name), "revoked": true])
    } else {
      session.output.line("\(name) is let in no more")
    }
    return .ok
  }
}
