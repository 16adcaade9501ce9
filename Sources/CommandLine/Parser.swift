// Turns the words of a command line into an `Invocation`, or says what is wrong and what to type.
//
// Rules: `--name value` and `--name=value`; `--` ends options; a dash and a digit (`-5`) is an
// operand, and so is a lone `-`; `-h` is `--help`; global options stand before or after the
// command's name. A value that begins with two dashes must be written `--name=value`, so that a
// forgotten value never swallows the next option.

/// Reads command lines against a list of declared commands.
package struct Parser: Sendable {
  let program: String
  let names: [String]
  private let declaration: @Sendable (Int) -> Command

  /// Most words accepted on a command line.
  package static let wordsMax = 10_000
  /// Longest piece of a wrong word shown in a message, columns.
  static let echoColumns = 40

  /// - Parameters:
  ///   - names: the commands' names.
  ///   - declaration: the command of a name's index. Only the one command that the line names is
  ///     asked for: making forty declarations costs more than reading a line.
  package init(
    program: String, names: [String], declaration: @escaping @Sendable (Int) -> Command
  ) {
    self.program = program
    self.names = names
    self.declaration = declaration
  }

  package init(program: String, commands: [Command]) {
    self.init(program: program, names: commands.map(\.name)) { commands[$0] }
  }

  /// - Parameter words: the arguments without the program's name.
  /// - Throws: a `Failure` with exit code 64.
  package func parse(_ words: some Sequence<String>) throws(Failure) -> Invocation {
    var reader = WordReader(words: Array(words), program: program)
    guard reader.words.count <= Parser.wordsMax else {
      throw .usage("more than \(Parser.wordsMax) words")
    }
    guard let first = try reader.nextOperand() else {
      if reader.isGiven("version") { return .version }
      return .help(.program, asked: reader.isGiven("help"))
    }
    if first == "help", !names.contains("help") {
      return .help(try topic(&reader), asked: true)
    }
    guard let command = try self.command(first, &reader) else {
      return .help(.family(first), asked: reader.isGiven("help"))
    }
    reader.command = command
    do {
      var operands: [String] = []
      while let operand = try reader.nextOperand() { operands.append(operand) }
      if reader.isGiven("help") { return .help(.command(command), asked: true) }
      if reader.isGiven("version") { return .version }
      return .run(try arguments(command, reader.values, operands))
    } catch {
      // Whoever asks for help with a line that is not right yet gets help.
      if reader.asksForHelp { return .help(.command(command), asked: true) }
      throw error
    }
  }

  /// The command that `first`, and perhaps the next word, name; nil when `first` is a family whose
  /// member is not named.
  private func command(_ first: String, _ reader: inout WordReader) throws(Failure) -> Command? {
    guard !first.contains(" ") else { throw unknown(first) }
    let family = first + " "
    guard names.contains(where: { $0.hasPrefix(family) }) else { return try named(first) }
    guard let second = try reader.nextOperand() else { return nil }
    return try named("\(first) \(second)")
  }

  private func named(_ name: String) throws(Failure) -> Command {
    guard let index = names.firstIndex(of: name) else { throw unknown(name) }
    return declaration(index)
  }

  /// `help`, `help grant`, `help provider`, `help provider try`.
  private func topic(_ reader: inout WordReader) throws(Failure) -> HelpTopic {
    guard let first = try reader.nextOperand() else { return .program }
    return if let command = try command(first, &reader) { .command(command) } else {
      .family(first)
    }
  }

  private func unknown(_ name: String) -> Failure {
    let message = "unknown command \(Parser.quoted(name))"
    guard let near = Suggest.command(near: name, among: names) else {
      return .usage(message, next: "\(program) --help")
    }
    return .usage("\(message); did you mean \"\(near)\"?", next: "\(program) \(near) --help")
  }

  /// Puts operands in their places, then checks what is missing and what does not go together.
  private func arguments(
    _ command: Command, _ options: GivenValues, _ operands: [String]
  ) throws(Failure) -> Arguments {
    let help = "\(program) \(command.name) --help"
    var values = options
    var rest = operands[...]
    for operand in command.operands {
      let taken = operand.count == .rest ? rest : rest.prefix(1)
      rest = rest.dropFirst(taken.count)
      if taken.isEmpty {
        guard operand.count == .required else { continue }
        throw .usage("\(operand.name) is missing: \(operand.summary)", next: help)
      }
      for value in taken where !operand.kind.accepts(value) {
        let example = "\(program) \(command.name) ... \(operand.kind.example)"
        throw Parser.wrong(operand.name, operand.kind, value, next: example)
      }
      values.set(operand.name, Array(taken))
    }
    if let extra = rest.first {
      throw .usage("\(Parser.quoted(extra)) is one operand too many", next: help)
    }
    for option in command.options where option.isRequired && values[option.name] == nil {
      throw .usage("--\(option.name) is missing: \(option.summary)", next: help)
    }
    for rule in command.rules {
      if let problem = rule.problem(given: { values[$0] != nil }, label: command.label) {
        throw .usage(problem, next: help)
      }
    }
    return Arguments(command: command, values: values)
  }

  /// "`subject` expects ..., not ...".
  static func wrong(_ subject: String, _ kind: ValueKind, _ value: String, next: String) -> Failure
  {
    let message = "\(subject) expects \(kind.expectation)"
    return .usage(kind.isEchoed ? "\(message), not \(quoted(value))" : message, next: next)
  }

  /// A user's word in quotation marks, escaped and shortened.
  static func quoted(_ word: String) -> String {
    let start = String(word.unicodeScalars.prefix(4 * echoColumns))
    return "\"\(DisplayWidth.truncate(Escaping.terminal(start), columns: echoColumns))\""
  }
}
