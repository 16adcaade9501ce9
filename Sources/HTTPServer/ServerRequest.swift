// One request as it arrived, read strictly and interpreted by nobody yet.

import Wire

/// A request whose body has arrived whole.
package struct ServerRequest: Sendable {
  /// As sent, e.g. `GET`.
  package let method: String
  /// Path and query as sent; percent escapes in place.
  package let target: String
  /// The path's segments, percent-decoded each for itself, so that a slash can be part of a name.
  /// Nil when an escape is none or the bytes are no UTF-8.
  package let segments: [String]?
  /// The query's members in order, decoded; nil as `segments`.
  package let query: [(name: String, value: String)]?
  /// Header fields in order, names as sent.
  package let headers: [(name: String, value: String)]
  /// Empty when it was cut.
  package let body: [UInt8]
  /// The body was longer than it may be.
  package let isCut: Bool
  /// The client's address without its port; empty when not known.
  package let client: String

  package init(
    method: String, target: String, headers: [(name: String, value: String)] = [],
    body: [UInt8] = [], isCut: Bool = false, client: String = ""
  ) {
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    self.method = method
    self.target = target
    segments = ServerRequest.segments(parts.first ?? "")
    query = ServerRequest.members(parts.count > 1 ? parts[1] : "")
    self.headers = headers
    self.body = body
    self.isCut = isCut
    self.client = client
  }

  /// The first header field of that name, in any case (RFC 9110 §5.1).
  package func header(_ name: String) -> String? {
    let wanted = name.lowercased()
    return headers.first { $0.name.lowercased() == wanted }?.value
  }

  /// The first query member of that name.
  package func argument(_ name: String) -> String? { query?.first { $0.name == name }?.value }

  /// Whether the header names this word in one of its comma-separated members, without parameters.
  package func lists(_ word: String, in name: String) -> Bool {
    headers.contains { field in
      field.name.lowercased() == name.lowercased()
        && field.value.split(separator: ",").contains { member in
          let value = member.split(separator: ";").first ?? ""
          return value.filter { $0 != " " && $0 != "\t" }.lowercased() == word
        }
    }
  }

  private static func segments(_ path: Substring) -> [String]? {
    guard path.hasPrefix("/") else { return nil }
    var segments: [String] = []
    for part in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
      guard let segment = decoded(part) else { return nil }
      segments.append(segment)
    }
    return segments
  }

  private static func members(_ query: Substring) -> [(name: String, value: String)]? {
    var members: [(name: String, value: String)] = []
    for part in query.split(separator: "&") {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = decoded(pair[0], isForm: true),
        let value = decoded(pair.count > 1 ? pair[1] : "", isForm: true)
      else { return nil }
      members.append((name, value))
    }
    return members
  }

  /// Percent escapes undone (RFC 3986 §2.1); in a query `+` is a space, as forms write it.
  private static func decoded(_ text: Substring, isForm: Bool = false) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      switch byte {
      case 0x25:
        guard let high = rest.popFirst().flatMap(Hex.value), let low = rest.popFirst(),
          let low = Hex.value(of: low)
        else { return nil }
        bytes.append(high << 4 | low)
      case 0x2B where isForm: bytes.append(0x20)
      default: bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
