// ledger completions

import CommandLine

enum Completions {
  static let declaration = Declaration(
    "completions", .operate, "Print a completion script",
    operands: [.required("SHELL", .choice(["bash", "zsh", "fish"]), "for this shell")],
    examples: ["ledger completions bash > ~/.local/share/bash-completion/completions/ledger"])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    guard let shell = Completion.Shell(rawValue: arguments.required("SHELL")) else { return .usage }
    session.output.raw(Array(Commands.table.completion.script(for: shell).utf8))
    return .ok
  }
}
