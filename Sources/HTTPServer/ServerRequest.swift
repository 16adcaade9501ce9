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
    let path = target.utf8.prefix { $0 != UInt8(ascii: "?") }
    self.method = method
    self.target = target
    segments = ServerRequest.segments(path)
    query = ServerRequest.members(target.utf8[path.endIndex...].dropFirst())
    self.headers = headers
    self.body = body
    self.isCut = isCut
    self.client = client
  }

  /// The first header field of that name, in any case (RFC 9110 §5.1).
  package func header(_ name: String) -> String? {
    headers.first { $0.name.isSameToken(as: name) }?.value
  }

  /// The first query member of that name.
  package func argument(_ name: String) -> String? { query?.first { $0.name == name }?.value }

  /// Whether the header names this word in one of its comma-separated members, without parameters.
  package func lists(_ word: String, in name: String) -> Bool {
    headers.contains { field in
      field.name.isSameToken(as: name)
        && field.value.split(separator: ",").contains { member in
          let value = member.split(separator: ";").first ?? ""
          return value.filter { $0 != " " && $0 != "\t" }.lowercased() == word
        }
    }
  }

  private static func segments(_ path: Substring.UTF8View) -> [String]? {
    let slash = UInt8(ascii: "/")
    guard path.first == slash else { return nil }
    var segments: [String] = []
    for part in path.dropFirst().split(separator: slash, omittingEmptySubsequences: false) {
      guard let segment = decoded(part) else { return nil }
      segments.append(segment)
    }
    return segments
  }

  private static func members(
    _ query: Substring.UTF8View
  ) -> [(name: String, value: String)]? {
    var members: [(name: String, value: String)] = []
    for part in query.split(separator: UInt8(ascii: "&")) {
      let name = part.prefix { $0 != UInt8(ascii: "=") }
      guard let value = decoded(part[name.endIndex...].dropFirst(), isForm: true),
        let name = decoded(name, isForm: true)
      else { return nil }
      members.append((name, value))
    }
    return members
  }

  /// Percent escapes undone (RFC 3986 §2.1); in a query `+` is a space, as forms write it.
  private static func decoded(_ text: Substring.UTF8View, isForm: Bool = false) -> String? {
    guard text.contains(where: { $0 == 0x25 || $0 == 0x2B && isForm }) else {
      return String(Substring(text))
    }
    var bytes: [UInt8] = []
    var rest = text
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

extension String {
  /// Equal but for the case of ASCII letters: how names of header fields are compared (RFC 9110
  /// §5.1).
  package func isSameToken(as other: String) -> Bool {
    utf8.count == other.utf8.count
      && zip(utf8, other.utf8).allSatisfy { $0 == $1 || $0.lowercased == $1.lowercased }
  }
}

extension UInt8 {
  /// Of ASCII letters.
  fileprivate var lowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}
