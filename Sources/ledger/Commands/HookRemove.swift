// ledger hook remove

import CommandLine
import Ledger
import Wire

enum HookRemove {
  static let declaration = Declaration(
    "hook remove", .operate, "Tell somebody no more",
    operands: [.required("NAME", .identifier, "whom")],
    examples: ["ledger hook remove app"])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let name = arguments.required("NAME")
    try session.requireDirectory()
    try Configuration.change(session.home) { configuration in
      guard let index = configuration.hooks.firstIndex(where: { $0.name == name }) else {
        throw HookRemove.unknown(name)
      }
      configuration.hooks.remove(at: index)
    }
    try HookSecret.remove(of: name, in: session.home)
    try HookProgress.remove(of: name, in: session.home)
    if session.output.settings.isJSON {
      session.output.json(["name": .string(name), "removed": true])
    } else {
      session.output.line("\(name) is told no more")
    }
    return .ok
  }

  static func unknown(_ name: String) -> Failure {
    Failure(.notFound, "not_found", "there is no hook \(name)", next: "ledger hook list")
  }
}
