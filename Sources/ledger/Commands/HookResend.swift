// ledger hook resend

import CommandLine
import Ledger
import Wire

enum HookResend {
  static let declaration = Declaration(
    "hook resend", .operate, "Send again what did not arrive, or all since a position",
    details: """
      Without --after what was given up is tried again. With it every event behind the position is \
      sent once more, under the same webhook-id: a receiver that keeps the ids it has seen must \
      forget them first. A hook that is disabled works again.
      """,
    operands: [.required("NAME", .identifier, "whom")],
    options: [
      .value("after", .integer(0...Int.max), "Everything behind this position", as: "POS")
    ],
    examples: ["ledger hook resend app", "ledger hook resend app --after 1200"])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let name = arguments.required("NAME")
    let head = try session.read { $0.head }
    let after = arguments.integer("after").map { Position($0) }
    if let after, after > head {
      throw Failure.usage("--after \(after) is behind the log's end, \(head)")
    }
    try Configuration.change(session.home) { configuration in
      guard let index = configuration.hooks.firstIndex(where: { $0.name == name }) else {
        throw HookRemove.unknown(name)
      }
      configuration.hooks[index].disabled = nil
      if let after {
        configuration.hooks[index].resent = Hook.Resent(after: after, at: head)
      } else {
        configuration.hooks[index].retriedAt = head
      }
    }
    if session.output.settings.isJSON {
      session.output.json([
        "name": .string(name), "after": after.map { .int($0) } ?? .null, "head": .int(head),
      ])
    } else if let after {
      session.output.line("\(name) is sent everything behind position \(after) again")
    } else {
      session.output.line("\(name) is sent again what did not arrive")
    }
    return .ok
  }
}
