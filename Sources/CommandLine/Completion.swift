// Completion scripts, made from the declarations. They complete commands, options, words to choose
// from and files; they never run the program, so pressing Tab touches no books.

/// Makes completion scripts for a program.
package struct Completion: Sendable {
  package enum Shell: String, Sendable, CaseIterable { case bash, zsh, fish }

  let program: String
  let commands: [Command]

  package init(program: String, commands: [Command]) {
    self.program = program
    self.commands = commands
  }

  /// The whole script for `shell`, ending in a newline.
  package func script(for shell: Shell) -> String {
    switch shell {
    case .bash: bash
    case .zsh: zsh
    case .fish: fish
    }
  }

  /// What may follow a place in the line: words, or files, or nothing known.
  enum Values: Equatable {
    case words([String])
    case files
    case unknown
  }

  static func values(of kind: ValueKind) -> Values {
    switch kind {
    case .choice(let words): .words(words)
    case .path: .files
    default: .unknown
    }
  }

  /// First words of two-word commands.
  var families: [String] {
    var families: [String] = []
    for command in commands where command.path.count == 2 {
      let family = String(command.path[0])
      if !families.contains(family) { families.append(family) }
    }
    return families
  }

  /// What may stand first: one-word commands, families, and last `help`.
  var firstWords: [String] {
    commands.filter { $0.path.count == 1 }.map(\.name) + families + ["help"]
  }

  func members(of family: String) -> [String] {
    commands.filter { $0.name.hasPrefix(family + " ") }.compactMap { $0.path.last.map(String.init) }
  }

  /// Global options that take a value, as a shell pattern: `--home|--by`.
  var globalsWithValue: String {
    Option.global.filter { $0.kind != nil }.map { "--\($0.name)" }.joined(separator: "|")
  }

  /// A name for shell functions: letters, digits and `_`.
  var functionName: String {
    "_" + String(program.map { $0.isLetter || $0.isNumber ? $0 : "_" })
  }

  /// `text` in single quotes for bash and zsh.
  static func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#)
      + "'"
  }
}
