// ledger man, ledger parse: what packages, documentation and tests ask of the table of commands.

import CommandLine
import Posix

enum Manual {
  static let declaration = Declaration(
    "man", .operate, "Print a manual page's source (man(7))",
    operands: [.optional("PAGE", .choice(ManPage.names), "Which page")],
    examples: ["ledger man", "ledger man ledgerd"], isHidden: true)

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let table = Commands.table
    let name = arguments.string("PAGE") ?? table.program
    let page = ManPage.named(name, program: table.program, commands: table.commands)
    session.output.raw(Array(page.text.utf8))
    return .ok
  }
}

/// Says which lines are no command lines of this program, and what is wrong with the table itself:
/// an example in a document or in the help that does not parse never ships.
enum ParseLines {
  /// Documents are smaller.
  private static let bytesMax = 4 << 20

  static let declaration = Declaration(
    "parse", .check, "Check that lines are command lines of this program",
    operands: [.required("FILE", .path, "One command a line; - for standard input")],
    examples: ["ledger parse lines.txt"], isHidden: true)

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let path = arguments.required("FILE")
    let bytes = try InputFile.read(path, bytesMax: ParseLines.bytesMax, as: "FILE")
    let table = Commands.table
    var flaws = table.flaws()
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      if let flaw = table.flaw(ofLine: String(line)) { flaws.append("\(line): \(flaw)") }
    }
    for flaw in flaws { session.output.line(flaw) }
    return flaws.isEmpty ? .ok : .no
  }
}
