// One positional argument of a command.

/// A declared operand. `rest` and `optional` ones come last.
package struct Operand: Sendable, Equatable {
  package enum Count: Sendable { case required, optional, rest }

  /// In capitals, as shown in usage lines: `ACCOUNT`.
  package let name: String
  package let kind: ValueKind
  package let summary: String
  package let count: Count

  /// Exactly one.
  package static func required(
    _ name: String, _ kind: ValueKind, _ summary: String
  ) -> Operand { Operand(name: name, kind: kind, summary: summary, count: .required) }

  /// One or none.
  package static func optional(
    _ name: String, _ kind: ValueKind, _ summary: String
  ) -> Operand { Operand(name: name, kind: kind, summary: summary, count: .optional) }

  /// Any number, none included.
  package static func rest(
    _ name: String, _ kind: ValueKind, _ summary: String
  ) -> Operand { Operand(name: name, kind: kind, summary: summary, count: .rest) }

  /// `ACCOUNT`, `[JOB]`, `[FILE...]`, or the words to choose from.
  var label: String {
    let text = if case .choice(let words) = kind { words.joined(separator: "|") } else { name }
    return switch count {
    case .required: text
    case .optional: "[\(text)]"
    case .rest: "[\(text)...]"
    }
  }
}
