// What a command line gave, by name. It is a handful, so it is looked through in turn: a dictionary
// would cost a start more than all of parsing.

/// Values by the name of their option or operand; a flag that was given has none.
struct GivenValues: Sendable {
  private var list: [(name: String, values: [String])] = []

  /// Nil when it was not given.
  subscript(_ name: String) -> [String]? { list.first { $0.name == name }?.values }

  /// Takes these values for all that the name has.
  mutating func set(_ name: String, _ values: [String]) {
    if let index = list.firstIndex(where: { $0.name == name }) {
      list[index].values = values
    } else {
      list.append((name, values))
    }
  }

  /// Adds a value to those the name has.
  mutating func add(_ name: String, _ value: String) { set(name, (self[name] ?? []) + [value]) }
}
