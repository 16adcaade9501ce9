// ledger hook list

import CommandLine
import Ledger
import Wire

enum HookList {
  static let declaration = Declaration(
    "hook list", .operate, "Whom we tell, and how far they are behind",
    examples: ["ledger hook list"])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let now = session.now
    let hooks = try session.read { try $0.hookStatuses(session.home, now: now) }
    if session.output.settings.isJSON {
      for hook in hooks { session.output.json(hook.definition) }
      return .ok
    }
    var screen = Screen(session.output, now: now)
    if hooks.isEmpty {
      screen.line("no hooks: nobody is told")
      screen.next(session.command("hook add NAME URL"))
    } else {
      screen.hooks(hooks, session)
    }
    session.output.lines(screen.lines)
    return .ok
  }
}
