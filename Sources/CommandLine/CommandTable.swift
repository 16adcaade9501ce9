// A program: its commands with what they do, and the way from words to exit code.

import Wire

/// The commands of a program, each bound to what runs it. Not generic over what they work with: the
/// runtime would make up every type of it anew at each start, at a tenth of a command's whole time.
package struct CommandTable {
  /// A name, its declaration and what it does.
  package struct Entry {
    let name: String
    let command: @Sendable () -> Command
    let run: (Arguments, Output) throws -> ExitCode

    /// - Parameters:
    ///   - name: the declaration's name, so that it is made only when it is needed.
    ///   - run: called only for a complete and right command line; returns the exit code, or throws
    ///     a `Failure` or any other error.
    package init(
      _ name: String, _ command: @autoclosure @escaping @Sendable () -> Command,
      _ run: @escaping (Arguments, Output) throws -> ExitCode
    ) {
      self.name = name
      self.command = command
      self.run = run
    }
  }

  package let program: String
  package let version: String
  /// One line on what the program is.
  package let summary: String
  let entries: [Entry]

  package init(program: String, version: String, summary: String, _ entries: [Entry]) {
    self.program = program
    self.version = version
    self.summary = summary
    self.entries = entries
  }

  /// What users are shown; the parser knows the hidden ones too.
  package var commands: [Command] { declarations.filter { !$0.isHidden } }
  /// Every declaration.
  var declarations: [Command] { entries.map { $0.command() } }
  package var parser: Parser {
    let declarations = entries.map { $0.command }
    return Parser(program: program, names: entries.map { $0.name }) { declarations[$0]() }
  }
  package var help: Help { Help(program: program, summary: summary, commands: commands) }
  package var completion: Completion { Completion(program: program, commands: commands) }

  /// Parses `words`, runs the command, writes what is left and reports failures.
  /// - Parameters:
  ///   - words: the arguments without the program's name.
  ///   - explain: turns any other error into a `Failure`.
  package func run(
    _ words: [String], output: Output, explain: (any Error) -> Failure = Failure.unexpected
  ) -> ExitCode {
    var code: ExitCode
    do {
      code = try perform(words, output)
    } catch {
      let failure = error as? Failure ?? explain(error)
      code = failure.exitCode
      if output.finish() == nil { output.failure(failure) }
    }
    if let failure = output.finish() {
      output.failure(failure)
      code = failure.exitCode
    }
    return code
  }

  /// The same for the process itself: its streams, its arguments, its end.
  package func main(
    _ words: [String], explain: (any Error) -> Failure = Failure.unexpected
  ) -> Never {
    Terminal.ignoreBrokenPipes()
    let output = Output(program: program, settings: Output.Settings(words: words))
    Terminal.exit(run(words, output: output, explain: explain))
  }

  private func perform(_ words: [String], _ output: Output) throws -> ExitCode {
    switch try parser.parse(words) {
    case .version:
      if output.settings.isJSON {
        output.json(["name": .string(program), "version": .string(version)])
      } else {
        output.line("\(program) \(version)")
      }
      return .ok
    case .help(let topic, asked: true):
      output.lines(help.lines(topic, columns: output.settings.columns, style: output.style))
      return .ok
    case .help(let topic, asked: false):
      guard !output.settings.isJSON else { throw incomplete(topic) }
      output.words(help.lines(topic, columns: output.settings.columns, style: output.errorStyle))
      return .usage
    case .run(let arguments):
      guard let entry = entries.first(where: { $0.name == arguments.command.name }) else {
        preconditionFailure("the parser returned a command of the table")
      }
      return try entry.run(arguments, output)
    }
  }

  private func incomplete(_ topic: HelpTopic) -> Failure {
    let family = if case .family(let word) = topic { " \(word)" } else { "" }
    return .usage("a command is missing", next: "\(program)\(family) --help")
  }
}
