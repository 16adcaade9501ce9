// The declaration of one command. Parsing, help, suggestions and completions all read it; none of
// them knows anything else about the command.

/// What people want when they look for a command; the order is that of the help.
package enum CommandGroup: String, Sendable, CaseIterable {
  case run = "Run jobs"
  case watch = "Watch"
  case money = "Money"
  case operate = "Operate"
  case providers = "Providers"
  case check = "Check"
}

/// A declared command, without what it does.
package struct Command: Sendable, Equatable {
  /// One word, or two for a member of a family: `grant`, `provider try`.
  package let name: String
  package let group: CommandGroup
  /// One line of help without a full stop.
  package let summary: String
  /// Paragraphs of help, separated by blank lines; may be empty.
  package let details: String
  package let operands: [Operand]
  /// The command's own options, the selector included where it has one; not the global ones.
  package let options: [Option]
  package let rules: [Rule]
  /// Whole command lines of at most 78 columns, longer ones continued by a backslash;
  /// `CommandTable.flaws()` proves that they parse.
  package let examples: [String]
  /// Left out of help, completions and manuals: what builds and tests of the product type.
  package let isHidden: Bool

  /// - Parameter selector: whether the command takes the selector's options too.
  package init(
    _ name: String, _ group: CommandGroup, _ summary: String, details: String = "",
    operands: [Operand] = [], options: [Option] = [], selector: Bool = false,
    rules: [Rule] = [], examples: [String] = [], isHidden: Bool = false
  ) {
    self.name = name
    self.group = group
    self.summary = summary
    self.details = details
    self.operands = operands
    self.options = selector ? options + Option.selector : options
    self.rules = rules
    self.examples = examples
    self.isHidden = isHidden
  }

  /// The words of the name: one or two.
  package var path: [Substring] { name.split(separator: " ") }

  /// The option of this long name, global ones included.
  func option(_ name: String) -> Option? {
    options.first { $0.name == name } ?? Option.global.first { $0.name == name }
  }

  /// Without the selector, for which usage lines say `[selector]`.
  var ownOptions: [Option] { options.filter { $0.section == nil } }

  /// How rules and messages name an option or operand.
  func label(_ name: String) -> String {
    operands.contains { $0.name == name } ? name : "--\(name)"
  }
}
