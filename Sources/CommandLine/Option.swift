// One `--option` of a command, declared once for parsing, help, suggestions and completions.

/// A declared option. Written with the four verbs `flag`, `value`, `required`, `repeated`.
package struct Option: Sendable, Equatable {
  /// Long name without dashes.
  package let name: String
  /// Shape of the value; nil for a flag.
  package let kind: ValueKind?
  /// What stands for the value in usage lines.
  package let placeholder: String
  /// One line of help without a full stop.
  package let summary: String
  package let isRequired: Bool
  package let isRepeatable: Bool
  /// The value when the user gives none.
  package let defaultValue: String?
  /// Heading in help shared with other options; nil for the command's own.
  var section: Section?

  /// Options shared by many commands.
  package enum Section: String, Sendable {
    case selector = "Selector"
    case global = "Global options"
  }

  private init(
    _ name: String, _ kind: ValueKind?, _ summary: String, as placeholder: String? = nil,
    isRequired: Bool = false, isRepeatable: Bool = false, default defaultValue: String? = nil
  ) {
    self.name = name
    self.kind = kind
    self.placeholder = placeholder ?? kind?.placeholder ?? ""
    self.summary = summary
    self.isRequired = isRequired
    self.isRepeatable = isRepeatable
    self.defaultValue = defaultValue
  }

  /// `--name`, on or off.
  package static func flag(_ name: String, _ summary: String) -> Option {
    Option(name, nil, summary)
  }

  /// `--name VALUE`, at most once.
  package static func value(
    _ name: String, _ kind: ValueKind, _ summary: String, as placeholder: String? = nil,
    default defaultValue: String? = nil
  ) -> Option {
    Option(name, kind, summary, as: placeholder, default: defaultValue)
  }

  /// `--name VALUE`, exactly once.
  package static func required(
    _ name: String, _ kind: ValueKind, _ summary: String, as placeholder: String? = nil
  ) -> Option {
    Option(name, kind, summary, as: placeholder, isRequired: true)
  }

  /// `--name VALUE`, any number of times, order kept.
  package static func repeated(
    _ name: String, _ kind: ValueKind, _ summary: String, as placeholder: String? = nil
  ) -> Option {
    Option(name, kind, summary, as: placeholder, isRepeatable: true)
  }

  /// `--name VALUE` or `--name`.
  var label: String { kind == nil ? "--\(name)" : "--\(name) \(placeholder)" }
}
