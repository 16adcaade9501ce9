// JSON Pointer (RFC 6901): how profiles name places in a provider's reply.

/// A parsed JSON Pointer such as `/urls/get` or `/jobs/0/status`; the empty pointer is the whole.
package struct JSONPointer: Sendable, Hashable, CustomStringConvertible {
  /// Reference tokens, unescaped.
  package let tokens: [String]

  package init(tokens: [String]) { self.tokens = tokens }

  /// Nil unless the text is empty or begins with '/', with `~` only as `~0` or `~1` (RFC 6901 §3).
  package init?(_ text: String) {
    if text.isEmpty {
      self.init(tokens: [])
      return
    }
    guard text.utf8.first == UInt8(ascii: "/") else { return nil }
    var tokens: [String] = []
    // By scalars, not characters: a combining mark after '/' or '~' does not hide it (RFC 6901 §6).
    let parts = text.unicodeScalars.dropFirst()
      .split(separator: "/", omittingEmptySubsequences: false)
    for part in parts {
      guard let token = JSONPointer.unescape(part) else { return nil }
      tokens.append(token)
    }
    self.init(tokens: tokens)
  }

  package var description: String {
    tokens.map { token in
      var text = "/"
      for scalar in token.unicodeScalars {
        switch scalar {
        case "~": text += "~0"
        case "/": text += "~1"
        default: text.unicodeScalars.append(scalar)
        }
      }
      return text
    }.joined()
  }

  package func appending(_ token: String) -> JSONPointer { JSONPointer(tokens: tokens + [token]) }

  package static func == (left: JSONPointer, right: JSONPointer) -> Bool {
    left.tokens.elementsEqual(right.tokens) { $0.hasSameBytes(as: $1) }
  }

  private static func unescape(_ part: Substring.UnicodeScalarView) -> String? {
    var token = String.UnicodeScalarView()
    var rest = part
    while let scalar = rest.popFirst() {
      guard scalar == "~" else {
        token.append(scalar)
        continue
      }
      switch rest.popFirst() {
      case "0": token.append("~")
      case "1": token.append("/")
      default: return nil
      }
    }
    return String(token)
  }
}

extension JSON {
  /// The value at `pointer`; nil when there is none. Array indexes are `0` or digits without a
  /// leading zero (RFC 6901 §4).
  package func at(_ pointer: JSONPointer) -> JSON? {
    var value = self
    for token in pointer.tokens {
      switch value {
      case .object(let object):
        guard let member = object[token] else { return nil }
        value = member
      case .array(let items):
        guard let index = Int(token), String(index) == token, items.indices.contains(index) else {
          return nil
        }
        value = items[index]
      default: return nil
      }
    }
    return value
  }
}
