// The usage line of a command: what is needed first, alternatives in parentheses.

enum Usage {
  static func text(_ command: Command, program: String) -> String {
    var parts = ["\(program) \(command.name)"]
    var shown: Set<String> = []
    parts += command.operands.filter { !isAlternative($0.name, command) }.map(\.label)
    for option in command.ownOptions where option.isRequired { parts.append(option.label) }
    for rule in command.rules {
      guard case .exactlyOne(let names) = rule else { continue }
      let labels = names.compactMap { label($0, command) }
      if !labels.isEmpty { parts.append("(\(labels.joined(separator: " | ")))") }
      shown.formUnion(names)
    }
    for option in command.ownOptions where !option.isRequired && !shown.contains(option.name) {
      parts.append("[\(option.label)]\(option.isRepeatable ? "..." : "")")
    }
    if command.options.contains(where: { $0.section == .selector }) { parts.append("[selector]") }
    return parts.joined(separator: " ")
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
