// Why a text is not acceptable JSON, and at which byte.

/// A refused JSON text.
package struct JSONError: Error, Equatable, CustomStringConvertible {
  /// What was wrong, in words a person can act on.
  package let reason: String
  /// Byte offset, from 0, where it was noticed.
  package let offset: Int

  package var description: String { "invalid JSON at byte \(offset): \(reason)" }
}

/// Bounds on what a reader accepts; text from providers is hostile until proven otherwise.
package struct JSONLimits: Sendable {
  /// Whole text, bytes.
  package var bytes = 8 << 20
  /// Arrays and objects inside one another.
  package var depth = 64
  /// Values in all.
  package var values = 1 << 20
  package init(bytes: Int = 8 << 20, depth: Int = 64, values: Int = 1 << 20) {
    self.bytes = bytes
    self.depth = depth
    self.values = values
  }
}
