// ledger config get, set, list: the rules of the house.

import CommandLine
import Ledger
import Posix
import Wire

enum ConfigList {
  static let declaration = Declaration(
    "config list", .operate, "The rules of the house, and which event set each",
    examples: ["ledger config list"])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let (head, statuses) = try session.read { ($0.head, try $0.policies()) }
    if session.output.settings.isJSON {
      for status in statuses { session.output.json(status.json) }
      return .ok
    }
    var screen = Screen(session.output, now: session.now)
    var table = TextTable([
      .init("POLICY", min: 18), .init("VALUE", max: 36, min: 8), .init("DEFAULT", min: 7),
      .init("SET AT", .right, min: 6),
    ])
    for status in statuses {
      table.append([
        .init(status.policy.name), .init(status.value ?? "none"),
        .init(status.policy.defaultValue ?? "none"),
        .init(status.setting.map { "\($0.position)" } ?? ""),
      ])
    }
    screen.table(table)
    screen.line("head \(head)")
    screen.next(session.command("config get POLICY"))
    session.output.lines(screen.lines)
    return .ok
  }
}

enum ConfigGet {
  static let declaration = Declaration(
    "config get", .operate, "A rule of the house, and what it can be",
    operands: [.required("POLICY", .text, "which, e.g. capture_on")],
    examples: ["ledger config get capture_on"])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let policy = try Policy.known(arguments.required("POLICY"))
    let (head, statuses) = try session.read { ($0.head, try $0.policies()) }
    guard let status = statuses.first(where: { $0.policy.name == policy.name }) else {
      return .notFound
    }
    if session.output.settings.isJSON {
      session.output.json(status.json)
      return .ok
    }
    var screen = Screen(session.output, now: session.now)
    screen.line("\(policy.name) = \(Escaping.terminal(status.value ?? "none"))")
    screen.field("meaning", policy.explanation)
    screen.field("allowed", policy.allowed)
    screen.field("default", policy.defaultValue ?? "none")
    screen.field("set at", status.setting.map { "position \($0.position)" } ?? "never: the default")
    screen.line("head \(head)")
    session.output.lines(screen.lines)
    return .ok
  }
}

enum ConfigSet {
  static let declaration = Declaration(
    "config set", .operate, "Change a rule of the house",
    operands: [
      .required("POLICY", .text, "which, e.g. capture_on"), .optional("VALUE", .text, "to what"),
    ],
    options: [.flag("default", "Back to its default")],
    rules: [.exactlyOne(["VALUE", "default"])],
    examples: ["ledger config set late_success charge", "ledger config set store --default"])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let policy = try Policy.known(arguments.required("POLICY"))
    let value = arguments.string("VALUE")
    if let value, !policy.takes(value) { throw policy.refusal(of: value) }
    try makeFolder(policy, value)
    let receipt = try session.write(
      .setPolicy(name: policy.name, value: value), makesHome: true)
    if session.output.settings.isJSON {
      session.output.json([
        "name": .string(policy.name),
        "value": (value ?? policy.defaultValue).map(JSON.string)
          ?? .null,
        "position": .int(receipt.position), "repeated": .bool(receipt.isRepeated),
      ])
    } else {
      let words = Escaping.terminal(value ?? "\(policy.defaultValue ?? "none") (the default)")
      session.output.line("\(policy.name) = \(words) \(session.place(receipt))")
    }
    return .ok
  }
}

extension ConfigSet {
  /// A store's folder is made here and nowhere else: where it is missing later, a disk is perhaps
  /// not mounted, and the poller must not fill another one.
  private static func makeFolder(_ policy: Policy, _ value: String?) throws {
    guard policy.name == Policy.store, let value, case .folder(let path)? = StorePlace(value) else {
      return
    }
    try FileSystem.makeDirectories(path)
  }
}

extension Policy {
  /// The policy of this name.
  fileprivate static func known(_ name: String) throws(Failure) -> Policy {
    if let policy = named(name) { return policy }
    let near = Suggest.nearest(to: name, among: all.map(\.name))
    throw .usage(
      "there is no policy \"\(Escaping.terminal(name))\""
        + (near.map { "; did you mean \"\($0)\"?" } ?? ""),
      next: near.map { "ledger config get \($0)" } ?? "ledger config list")
  }

  fileprivate func refusal(of value: String) -> Failure {
    let words: [String] = if case .words(let words) = values { words } else { [] }
    let near = Suggest.nearest(to: value, among: words)
    return .usage(
      "\(name) is \(allowed)" + (near.map { "; did you mean \"\($0)\"?" } ?? ""),
      next: near.map { "ledger config set \(name) \($0)" } ?? "ledger config get \(name)")
  }
}
