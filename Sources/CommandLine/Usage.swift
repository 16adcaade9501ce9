// The usage line of a command: what is needed first, alternatives in parentheses.

enum Usage {
  /// The pieces of the line, none of which should be broken.
  static func parts(_ command: Command, program: String) -> [String] {
    var parts = [program] + command.path.map(String.init)
    var shown: Set<String> = []
    parts += command.operands.filter { !isAlternative($0.name, command) }.map(\.label)
    for option in command.ownOptions where option.isRequired { parts.append(option.label) }
    for rule in command.rules {
      guard case .exactlyOne(let names) = rule else { continue }
      let labels = names.compactMap { label($0, command) }
      for (index, label) in labels.enumerated() {
        let (open, close) = (index == 0 ? "(" : "", index == labels.count - 1 ? ")" : " |")
        parts.append(open + label + close)
      }
      shown.formUnion(names)
    }
    for option in command.ownOptions where !option.isRequired && !shown.contains(option.name) {
      parts.append("[\(option.label)]\(option.isRepeatable ? "..." : "")")
    }
    if command.options.contains(where: { $0.section == .selector }) { parts.append("[selector]") }
    return parts
  }

  private static func isAlternative(_ name: String, _ command: Command) -> Bool {
    command.rules.contains { rule in
      if case .exactlyOne(let names) = rule { names.contains(name) } else { false }
    }
  }

  private static func label(_ name: String, _ command: Command) -> String? {
    if let operand = command.operands.first(where: { $0.name == name }) { return operand.name }
    return command.ownOptions.first { $0.name == name }?.label
  }
}
