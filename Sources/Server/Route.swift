// One line of the API: a method, a path, who may, and what is done.

import HTTPServer
import Ledger

/// A route.
struct Route: Sendable {
  typealias Handler = @Sendable (Call) throws -> Void

  /// What a request must prove.
  enum Access: Sendable {
    /// Nothing.
    case open
    /// To be somebody.
    case known
    case scope(Scope)
  }

  let method: String
  /// e.g. `/v1/jobs/{job}/events`.
  let pattern: String
  let access: Access
  let handler: Handler
  private let parts: [Substring]

  init(
    _ method: String, _ pattern: String, _ access: Access, handler: @escaping Handler
  ) {
    self.method = method
    self.pattern = pattern
    self.access = access
    self.handler = handler
    parts = pattern.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
  }

  /// What stands in the braces, by name; nil when the path is another.
  func match(_ segments: [String]) -> [String: String]? {
    guard segments.count == parts.count else { return nil }
    var values: [String: String] = [:]
    for (segment, part) in zip(segments, parts) {
      if part.hasPrefix("{") {
        guard !segment.isEmpty else { return nil }
        values[String(part.dropFirst().dropLast())] = segment
      } else if segment != part {
        return nil
      }
    }
    return values
  }
}
