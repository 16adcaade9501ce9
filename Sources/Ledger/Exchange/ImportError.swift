// Why a file is not taken over. Nothing was written.

/// What is wrong with a file to be imported, and where.
package struct ImportError: Error, Equatable, CustomStringConvertible {
  package enum Kind: Sendable {
    /// Not what an export writes, or not what this one said of itself.
    case damaged
    /// Written by a newer program.
    case newer
  }

  /// From 1; 0: the file as a whole.
  package let line: Int
  package let reason: String
  package let kind: Kind

  package init(line: Int, _ reason: String, kind: Kind = .damaged) {
    self.line = line
    self.reason = reason
    self.kind = kind
  }

  package var description: String {
    line == 0 ? "the file \(reason)" : "line \(line): \(reason)"
  }
}
