// Help text, made from the declarations and nothing else.

/// Help of a program.
package struct Help: Sendable {
  let program: String
  let summary: String
  let commands: [Command]

  /// Lines are never wider, whatever the terminal: long lines are hard to read.
  package static let columnsMax = 100
  /// Widest left-hand column; longer labels get a line of their own.
  static let labelColumnsMax = 26

  package init(program: String, summary: String, commands: [Command]) {
    self.program = program
    self.summary = summary
    self.commands = commands
  }

  /// The lines of help on `topic`, at most `columns` and 100 wide.
  package func lines(_ topic: HelpTopic, columns: Int, style: Style) -> [String] {
    var page = Page(columns: min(max(columns, 20), Help.columnsMax), style: style)
    switch topic {
    case .program: program(&page)
    case .family(let word): family(word, &page)
    case .command(let command): self.command(command, &page)
    }
    return page.lines
  }

  private func program(_ page: inout Page) {
    page.paragraph("\(program): \(summary)")
    page.usage([program, "[global options]", "COMMAND ..."])
    let width = commands.map(\.name.count).max() ?? 0
    for group in CommandGroup.allCases {
      let members = commands.filter { $0.group == group }
      page.list(group.rawValue, members.map { ($0.name, $0.summary) }, labelColumns: width)
    }
    page.list(Option.Section.global.rawValue, Option.global.map { ($0.label, $0.summary) })
    page.paragraph("\"\(program) COMMAND --help\" shows a command's options and examples.")
  }

  private func family(_ word: String, _ page: inout Page) {
    let members = commands.filter { $0.name.hasPrefix(word + " ") }
    page.usage([program, word, members.compactMap(\.path.last).joined(separator: "|"), "..."])
    page.list("Commands", members.map { ($0.name, $0.summary) })
    page.paragraph("\"\(program) \(word) COMMAND --help\" shows a command's options and examples.")
  }

  private func command(_ command: Command, _ page: inout Page) {
    page.usage(Usage.parts(command, program: program))
    page.paragraph(command.summary + ".")
    for paragraph in Help.paragraphs(command.details) { page.paragraph(paragraph) }
    page.list("Operands", command.operands.map { ($0.name, $0.summary + Help.words($0.kind)) })
    page.list("Options", command.ownOptions.map { ($0.label, Help.summary($0)) })
    let selector = command.options.filter { $0.section == .selector }
    page.list(Option.Section.selector.rawValue, selector.map { ($0.label, Help.summary($0)) })
    page.examples(command.examples)
    page.paragraph("Global options, such as --json and --home: \"\(program) --help\".")
  }

  /// Blank lines part paragraphs; single line breaks are spaces.
  static func paragraphs(_ text: String) -> [String] {
    var paragraphs = [""]
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.isEmpty {
        paragraphs.append("")
      } else {
        paragraphs[paragraphs.count - 1] += " " + line
      }
    }
    return paragraphs.filter { !$0.isEmpty }
  }

  static func summary(_ option: Option) -> String {
    var notes: [String] = []
    if option.isRequired { notes.append("required") }
    if option.isRepeatable { notes.append("repeatable") }
    if let value = option.defaultValue { notes.append("default \(value)") }
    let words = option.kind.map(words) ?? ""
    return option.summary + (option.label.contains("|") ? "" : words)
      + (notes.isEmpty ? "" : " (\(notes.joined(separator: ", ")))")
  }

  /// ": bash, zsh, fish" where one must choose.
  static func words(_ kind: ValueKind) -> String {
    if case .choice(let words) = kind { ": \(words.joined(separator: ", "))" } else { "" }
  }
}
