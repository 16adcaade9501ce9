// The checked arguments of a command, by name. Values were validated while parsing, so reading them
// cannot fail; asking for what the command does not declare is a mistake in the program and traps.

package import Wire

/// Options by long name (`"hold"`), operands by their name in capitals (`"ACCOUNT"`).
package struct Arguments: Sendable {
  package let command: Command
  private let values: GivenValues

  init(command: Command, values: GivenValues) {
    self.command = command
    self.values = values
  }

  /// True when the user typed it; a default does not count.
  package func isGiven(_ name: String) -> Bool {
    _ = declaration(name)
    return values[name] != nil
  }

  /// A flag.
  package func flag(_ name: String) -> Bool {
    precondition(declaration(name).kind == nil, "--\(name) of \(command.name) has a value")
    return values[name] != nil
  }

  /// The value as typed, or the declared default.
  package func string(_ name: String) -> String? {
    let declaration = declaration(name)
    precondition(declaration.kind != nil, "--\(name) of \(command.name) is a flag")
    precondition(!declaration.isRepeatable, "\(name) of \(command.name) may have many values")
    return values[name]?.first ?? declaration.defaultValue
  }

  /// The value of something declared as required.
  package func required(_ name: String) -> String {
    guard let value = string(name) else {
      preconditionFailure("\(name) of \(command.name) is not required and was not given")
    }
    return value
  }

  /// All values in the order typed.
  package func strings(_ name: String) -> [String] {
    precondition(declaration(name).kind != nil, "--\(name) of \(command.name) is a flag")
    return values[name] ?? []
  }

  /// The words of a comma list; empty when not given.
  package func list(_ name: String) -> [String] {
    value(name, ValueKind.list, when: { $0 == .list }) ?? []
  }

  package func integer(_ name: String) -> Int? {
    value(name, ValueKind.integer) { if case .integer = $0 { true } else { false } }
  }

  package func duration(_ name: String) -> Duration? {
    value(name, { Duration(compact: $0) }, when: { $0 == .duration })
  }

  /// A time; a duration counts back from `now`, or forward where the kind is `futureTime`.
  package func time(_ name: String, now: Timestamp) -> Timestamp? {
    let sign: Int64 = declaration(name).kind == .futureTime ? 1 : -1
    return value(
      name,
      { text in
        Timestamp(text)
          ?? Duration(compact: text).map { now.advanced(milliseconds: sign * $0.milliseconds) }
      }, when: { $0 == .time || $0 == .futureTime })
  }

  package func positionOrTime(_ name: String, now: Timestamp) -> PositionOrTime? {
    value(name, { PositionOrTime($0, now: now) }, when: { $0 == .positionOrTime })
  }

  package func json(_ name: String) -> JSON? {
    value(name, { try? JSON(parsing: $0) }, when: { $0 == .json })
  }

  package func step(_ name: String) -> (number: Int, of: Int)? {
    value(name, ValueKind.step, when: { $0 == .step })
  }

  /// All `KEY=VALUE` in the order typed.
  package func pairs(_ name: String) -> [(key: String, value: String)] {
    precondition(declaration(name).kind == .pair, "\(name) of \(command.name) is no pair")
    return strings(name).compactMap(ValueKind.pair)
  }

  /// All `/POINTER=FILE` in the order typed.
  package func attachments(_ name: String) -> [(pointer: JSONPointer, path: String)] {
    precondition(declaration(name).kind == .attachment, "\(name) of \(command.name) is none")
    return strings(name).compactMap(ValueKind.attachment)
  }

  private func value<Value>(
    _ name: String, _ convert: (String) -> Value?, when matches: (ValueKind) -> Bool
  ) -> Value? {
    precondition(
      declaration(name).kind.map(matches) == true,
      "\(name) of \(command.name) is declared as another kind")
    guard let text = string(name) else { return nil }
    guard let value = convert(text) else {
      preconditionFailure("the default of \(name) of \(command.name) is not of its kind")
    }
    return value
  }

  private struct Declaration {
    var kind: ValueKind?
    var isRepeatable = false
    var defaultValue: String?
  }

  private func declaration(_ name: String) -> Declaration {
    if let option = command.option(name) {
      return Declaration(
        kind: option.kind, isRepeatable: option.isRepeatable, defaultValue: option.defaultValue)
    }
    guard let operand = command.operands.first(where: { $0.name == name }) else {
      preconditionFailure("\(command.name) declares no \(name)")
    }
    return Declaration(kind: operand.kind, isRepeatable: operand.count == .rest)
  }
}
