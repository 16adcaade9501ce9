// Places in a provider's reply: JSON Pointers with a wildcard, and lists of them as fallbacks,
// because the same fact moves between versions of one API.

package import Wire

/// A JSON Pointer (RFC 6901) in which a token `*` stands for every item or member.
package struct PointerPath: Sendable, Hashable, CustomStringConvertible {
  /// How many values one path may yield; the rest of a hostile array is not looked at.
  static let valuesMax = 1024
  static let tokensMax = 16
  static let wildcardsMax = 3

  private let tokens: [String]

  /// Nil when the text is no pointer, or has more than 16 tokens or 3 wildcards.
  package init?(_ text: String) {
    guard let pointer = JSONPointer(text), pointer.tokens.count <= PointerPath.tokensMax,
      pointer.tokens.count(where: { $0 == "*" }) <= PointerPath.wildcardsMax
    else { return nil }
    tokens = pointer.tokens
  }

  package var description: String { JSONPointer(tokens: tokens).description }

  /// The values at this place that are there and not null, in the reply's order.
  package func values(in root: JSON) -> [JSON] {
    slots(in: root).filter { !$0.isNull }
  }

  /// The same with null for every branch of a wildcard that ends before this place.
  func slots(in root: JSON) -> [JSON] {
    var values = [root]
    for token in tokens {
      var next: [JSON] = []
      for value in values where next.count < PointerPath.valuesMax {
        if token == "*" {
          next.append(contentsOf: value.children.prefix(PointerPath.valuesMax - next.count))
        } else {
          next.append(value.at(JSONPointer(tokens: [token])) ?? .null)
        }
      }
      values = next
    }
    return values
  }
}

/// Fallbacks: the first path that is present and not null wins.
package struct PointerList: Sendable, Equatable {
  package let paths: [PointerPath]

  package init(_ paths: [PointerPath]) { self.paths = paths }

  /// Everything the first path that yields anything yields.
  package func values(in root: JSON) -> [JSON] {
    for path in paths {
      let values = path.values(in: root)
      if !values.isEmpty { return values }
    }
    return []
  }

  package func first(in root: JSON) -> JSON? { values(in: root).first }

  /// The first value that is plain text (a string, a number as written, a boolean).
  package func text(in root: JSON) -> String? {
    for path in paths {
      if let text = path.values(in: root).lazy.compactMap(\.plainText).first { return text }
    }
    return nil
  }
}

extension JSON {
  /// Items of an array, values of an object's members, nothing for the rest.
  var children: [JSON] {
    switch self {
    case .array(let items): items
    case .object(let object): object.members.map(\.value)
    default: []
    }
  }

  /// A scalar as text, numbers exactly as written.
  var plainText: String? {
    switch self {
    case .string(let text), .number(let text): text
    case .bool(let flag): flag ? "true" : "false"
    default: nil
    }
  }
}
