// ledger hook add

import CommandLine
import Ledger
import Posix
import Providers
import Wire

enum HookAdd {
  static let declaration = Declaration(
    "hook add", .operate, "Tell somebody of jobs by signed POSTs",
    details: """
      The poller POSTs each event to the URL, in order for each job, at least once, signed as \
      Standard Webhooks describes. The secret is shown once; the home keeps it beside the \
      providers' tokens. Only what happens from now on is told: hook resend NAME --after 0 sends \
      the past too.

      Types are those of jobs, e.g. job.succeeded; by default the ways a job can end.
      """,
    operands: [
      .required("NAME", .identifier, "whom; the consumer of job.delivered"),
      .required("URL", .url, "where to POST"),
    ],
    options: [
      .value("types", .list, "Which events, e.g. job.succeeded or succeeded", as: "T,..."),
      .value("account", .account, "Whose jobs, e.g. acme or acme/*", as: "A"),
    ],
    examples: [
      "ledger hook add app https://app.example/hooks/ledger",
      "ledger hook add app https://app.example/hooks --types succeeded,failed",
    ])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let name = arguments.required("NAME")
    let url = arguments.required("URL")
    try check(url)
    let types = try Set(arguments.list("types").map(type))
    let account = try arguments.string("account").map(pattern)
    try session.makeHome()
    let head = try session.read { $0.head }
    let hook = Hook(
      name: name, url: url, types: types.isEmpty ? Hook.defaultTypes : types, account: account,
      createdAt: session.now, since: head)
    let secret = try Configuration.change(session.home) { configuration in
      guard !configuration.hooks.contains(where: { $0.name == name }) else {
        throw Failure(
          .conflict, "conflict", "there is a hook \(name) already",
          next: "ledger hook remove \(name)")
      }
      guard configuration.hooks.count < Configuration.hooksMax else {
        throw Failure(
          .conflict, "conflict", "there are \(Configuration.hooksMax) hooks already",
          next: "ledger hook list")
      }
      let secret = try HookSecret.make(for: name, in: session.home)
      try HookProgress.remove(of: name, in: session.home)
      configuration.hooks.append(hook)
      return secret
    }
    if session.output.settings.isJSON {
      let status = try session.read { try $0.hookStatuses(session.home, now: session.now) }
      guard var object = status.first(where: { $0.hook.name == name })?.definition.object else {
        return .bug
      }
      object["secret"] = .string(secret)
      session.output.json(.object(object))
    } else {
      session.output.line(secret)
      session.output.note("shown this once; the receiver verifies each message with it")
      session.output.note("the poller sends: ledger poll, or ledger serve --poll")
    }
    return .ok
  }

  /// What a name resolves to is judged at connect.
  private static func check(_ url: String) throws(Failure) {
    guard let address = WebAddress(url) else {
      throw .usage("URL is no plain https URL without user and fragment")
    }
    let isDevelopment = Machine.environment("LEDGER_DEV") == "1"
    guard address.scheme == "https" || isDevelopment else {
      throw .usage(
        "a hook's URL begins with https://",
        next: "LEDGER_DEV=1 for a receiver on this machine, for development")
    }
  }

  /// `job.` may be left out.
  private static func type(_ name: String) throws(Failure) -> EventType {
    let known = EventType.allCases.first { $0.name == name || $0.name == "job." + name }
    guard let known, Hook.mayTell(known) else {
      let names = EventType.allCases.filter(Hook.mayTell).map(\.name)
      throw .usage(
        "--types knows no \"\(Escaping.terminal(name))\"",
        next: "--types " + names.joined(separator: ","))
    }
    return known
  }

  private static func pattern(_ text: String) throws(Failure) -> AccountPattern {
    guard let pattern = AccountPattern(text) else {
      throw .usage("--account expects an account id or ACCOUNT/*")
    }
    return pattern
  }
}
