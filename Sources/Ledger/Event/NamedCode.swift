// Closed sets that the log stores as small numbers and people read as words.

/// A code with a frozen number in the log and a frozen name in JSON.
package protocol NamedCode: RawRepresentable, CaseIterable, Sendable where RawValue == UInt8 {
  var name: String { get }
}

extension NamedCode {
  package init?(name: String) {
    guard let code = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = code
  }
}
