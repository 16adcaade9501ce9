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
  /// No part of the path is a name in braces.
  let isLiteral: Bool
  private let parts: [Part]

  private enum Part {
    case literal(String)
    /// Anything but nothing, by this name.
    case value(String)
  }

  init(
    _ method: String, _ pattern: String, _ access: Access, handler: @escaping Handler
  ) {
    self.method = method
    self.pattern = pattern
    self.access = access
    self.handler = handler
    isLiteral = !pattern.contains("{")
    parts = pattern.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
      .map { $0.hasPrefix("{") ? .value(String($0.dropFirst().dropLast())) : .literal(String($0)) }
  }

  /// How many segments its paths have.
  var length: Int { parts.count }

  func fits(_ segments: [String]) -> Bool {
    segments.count == parts.count
      && zip(segments, parts).allSatisfy { segment, part in
        switch part {
        case .literal(let text): segment == text
        case .value: !segment.isEmpty
        }
      }
  }

  /// What stands in the braces of a path that fits, by name.
  func values(_ segments: [String]) -> [(name: String, value: String)] {
    zip(segments, parts).compactMap { segment, part in
      if case .value(let name) = part { (name, segment) } else { nil }
    }
  }
}
