// Manual pages, made from the declarations that also make the help: the two can never disagree.

/// A manual page of some of a program's commands.
package struct ManPage: Sendable {
  /// What the page is called, e.g. `ledgerd`.
  let name: String
  /// Where it belongs: 1, user commands; 8, administration (man(1)).
  let section: Int
  /// What users type, which may be another program than the page's.
  let program: String
  let summary: String
  /// The paragraphs of DESCRIPTION.
  let description: [String]
  let commands: [Command]
  /// Headings of its own, between the commands and what all pages have.
  let chapters: [Chapter]
  /// Pages that a reader wants next, e.g. `ledgerd(8)`.
  let related: [String]

  /// A heading with paragraphs or a list of terms.
  package struct Chapter: Sendable {
    let title: String
    let items: [ManualFact]
  }

  /// The page's source in man(7), ending in a newline.
  package var text: String {
    var roff = Roff(comment: "Made by \(program) man \(name) from the table of its commands.")
    roff.title(
      name.uppercased(), section: section, date: Product.date,
      source: "\(name) \(Product.version)")
    roff.request("SH", "NAME")
    roff.markup("\(Roff.escaped(name)) \\- \(Roff.escaped(summary))")
    roff.request("SH", "SYNOPSIS")
    roff.markup("\(Roff.bold(program)) [global options] \(Roff.italic("COMMAND")) ...")
    roff.request("SH", "DESCRIPTION")
    for (index, paragraph) in description.enumerated() {
      if index == 0 { roff.line(paragraph) } else { roff.paragraph(paragraph) }
    }
    roff.request("SH", "COMMANDS")
    for group in CommandGroup.allCases {
      let members = commands.filter { $0.group == group }
      if !members.isEmpty { roff.request("SS", group.rawValue) }
      for command in members { self.command(command, &roff) }
    }
    surroundings(&roff)
    return roff.text
  }

  // MARK: commands

  private func command(_ command: Command, _ roff: inout Roff) {
    roff.item(ManPage.usage(command, program: program), command.summary + ".")
    roff.request("RS")
    for paragraph in Help.paragraphs(command.details) {
      roff.paragraph(paragraph.trimmingPrefix(" ").description)
    }
    for operand in command.operands {
      roff.item(Roff.italic(operand.name), operand.summary + Help.words(operand.kind))
    }
    for option in command.ownOptions { self.option(option, &roff) }
    for example in command.examples { roff.example(example.split(separator: "\n")) }
    roff.request("RE")
  }

  /// The usage line, words to type in bold.
  private static func usage(_ command: Command, program: String) -> String {
    let typed = 1 + command.path.count
    return Usage.parts(command, program: program).enumerated().map { index, part in
      index < typed ? Roff.bold(part) : Roff.escaped(part)
    }.joined(separator: " ")
  }

  private func option(_ option: Option, _ roff: inout Roff) {
    let value = option.kind == nil ? "" : " " + Roff.italic(option.placeholder)
    roff.item(Roff.bold("--\(option.name)") + value, Help.summary(option))
  }

  // MARK: what all pages have

  private func surroundings(_ roff: inout Roff) {
    if commands.contains(where: { $0.options.contains { $0.section == .selector } }) {
      roff.request("SH", "SELECTOR")
      roff.line("The same wherever many jobs or events are meant; all that is given must hold.")
      for option in Option.selector { self.option(option, &roff) }
    }
    roff.request("SH", "GLOBAL OPTIONS")
    roff.line("Before or after the command's name.")
    for option in Option.global { self.option(option, &roff) }
    for chapter in chapters {
      roff.request("SH", chapter.title)
      for item in chapter.items { roff.item(Roff.bold(item.name), item.meaning) }
    }
    roff.request("SH", "EXIT STATUS")
    for code in ExitCode.allCases {
      roff.item(Roff.bold("\(code.rawValue)"), code.meaning + ".")
    }
    roff.request("SH", "SEE ALSO")
    roff.line(related.joined(separator: ", "))
  }
}
