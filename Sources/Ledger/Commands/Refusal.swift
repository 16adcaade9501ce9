// A command that the books say no to. Nothing was written.

import Wire

/// Why a command was refused; names the earlier event that stands against it.
package struct Refusal: Error, Equatable, Sendable {
  /// What kind of no; each has its exit code and HTTP status.
  package enum Code: String, Sendable {
    case conflict
    case insufficientCredits = "insufficient_credits"
    case notFound = "not_found"
    case notAllowed = "not_allowed"
    case invalid
    /// The surroundings are not right: a setting is missing.
    case configuration
  }

  package let code: Code
  package let message: String
  /// The event that stands against it; 0: none.
  package let position: Position
  /// What to type next; empty: nothing helps.
  package let next: String
  /// The idempotency key was used for another command.
  package var isAboutKey = false

  package init(_ code: Code, _ message: String, position: Position = 0, next: String = "") {
    self.code = code
    self.message = message
    self.position = position
    self.next = next
  }
}
