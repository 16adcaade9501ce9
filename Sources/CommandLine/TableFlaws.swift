// What is wrong with a table of commands. Executables run this in a test: a declaration with a
// mistake, or an example in the help that does not parse, never ships.

extension CommandTable {
  /// Everything wrong with the declarations, one sentence each; empty when all is well.
  package func flaws() -> [String] {
    let names = declarations.map(\.name)
    var flaws = repeated(names).map { "command \($0) is declared twice" }
    for entry in entries where entry.name != entry.command().name {
      flaws.append("\(entry.name): the declaration is of \(entry.command().name)")
    }
    for command in declarations {
      flaws += self.flaws(of: command).map { "\(command.name): \($0)" }
      if names.contains(where: { $0.hasPrefix(command.name + " ") }) {
        flaws.append("\(command.name): is a command and a family")
      }
    }
    return flaws
  }

  private func flaws(of command: Command) -> [String] {
    var flaws: [String] = []
    let options = command.options.map(\.name)
    let operands = command.operands.map(\.name)
    flaws += repeated(options + Option.global.map(\.name) + operands).map { "\($0) twice" }
    if !(1...2).contains(command.path.count) { flaws.append("a name has one or two words") }
    if command.summary.isEmpty || command.summary.hasSuffix(".") || command.summary.count > 60 {
      flaws.append("the summary is one line of at most 60 characters without a full stop")
    }
    for name in operands where name != name.uppercased() {
      flaws.append("operand \(name) is not in capitals")
    }
    for (left, right) in zip(command.operands, command.operands.dropFirst()) {
      if left.count == .rest || left.count == .optional && right.count == .required {
        flaws.append("\(right.name) can never be reached after \(left.name)")
      }
    }
    for option in command.options {
      if let value = option.defaultValue, option.kind?.accepts(value) != true {
        flaws.append("the default of --\(option.name) is not of its kind")
      }
    }
    for rule in command.rules {
      for name in rule.names where !options.contains(name) && !operands.contains(name) {
        flaws.append("a rule names \(name), which is not declared")
      }
    }
    return flaws + command.examples.compactMap { flaw(ofExample: $0, command) }
  }

  /// Why `line`, as a shell would read it, is no command line of this program; nil when it is one.
  package func flaw(ofLine line: String) -> String? {
    guard let words = ShellWords.split(line), words.first == program else {
      return "does not begin with \(program), or has open quotes"
    }
    do {
      _ = try parser.parse(words.dropFirst())
      return nil
    } catch {
      return error.message
    }
  }

  private func flaw(ofExample example: String, _ command: Command) -> String? {
    for line in example.split(separator: "\n") where DisplayWidth.columns(of: line) > 78 {
      return "example is wider than 78 columns (break it after a backslash): \(line)"
    }
    guard let words = ShellWords.split(example), words.first == program else {
      return "example does not begin with \(program), or has open quotes: \(example)"
    }
    do {
      let invocation = try parser.parse(words.dropFirst())
      if case .run(let arguments) = invocation, arguments.command.name == command.name {
        return nil
      }
      return "example is of another command: \(example)"
    } catch {
      return "example is refused (\(error.message)): \(example)"
    }
  }

  private func repeated(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { !seen.insert($0).inserted }
  }
}
