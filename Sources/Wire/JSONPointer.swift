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
    for part in text.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
      guard let token = JSONPointer.unescape(part) else { return nil }
      tokens.append(token)
    }
    self.init(tokens: tokens)
  }

  package var description: String {
    tokens.map { token in
      var text = "/"
      for character in token {
        switch character {
        case "~": text += "~0"
        case "/": text += "~1"
        default: text.append(character)
        }
      }
      return text
    }.joined()
  }

  package func appending(_ token: String) -> JSONPointer { JSONPointer(tokens: tokens + [token]) }

  private static func unescape(_ part: Substring) -> String? {
    var token = ""
    var rest = part[...]
    while let character = rest.popFirst() {
      guard character == "~" else {
        token.append(character)
        continue
      }
      switch rest.popFirst() {
      case "0": token.append("~")
      case "1": token.append("/")
      default: return nil
      }
    }
    return token
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
