// Whose accounts a token is for: `acme`, `acme/*`, or `*` for all.

/// An account id, or all that begin with one and a slash.
package struct AccountPattern: Sendable, Equatable, CustomStringConvertible {
  package let description: String

  /// Nil unless it is an account id, an account id followed by `/*`, or `*`.
  package init?(_ text: String) {
    let name = text == "*" ? "x" : text.hasSuffix("/*") ? String(text.dropLast(2)) : text
    guard Bounds.isAccount(name) else { return nil }
    description = text
  }

  package static let all = AccountPattern(unchecked: "*")

  private init(unchecked text: String) { description = text }

  package func matches(_ account: String) -> Bool {
    if description == "*" { return true }
    guard description.hasSuffix("/*") else { return account == description }
    return account.hasPrefix(description.dropLast(1))
  }
}
