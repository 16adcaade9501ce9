// Error texts in their many shapes: text, object, list of {loc, msg}.

import Wire

struct ErrorRule: Sendable, Equatable {
  var pointers = PointerList([])
  var type = PointerList([])
  var typeHeader: String?

  /// The first pointer that yields words wins.
  func text(in json: JSON) -> String? {
    for path in pointers.paths {
      let text = path.values(in: json).compactMap { ErrorRule.text(of: $0, depth: 0) }
        .joined(separator: "; ")
      if !text.isEmpty { return text.cut(to: ReplyReading.textMax) }
    }
    return nil
  }

  func type(of facts: ReplyFacts) -> String? {
    let text = type.text(in: facts.json) ?? typeHeader.flatMap { facts.reply.header($0) }
    return text?.cut(to: StateRule.wordMax)
  }

  private static func text(of value: JSON, depth: Int) -> String? {
    switch value {
    case .null, .bool(false): return nil
    case .array(let items):
      guard depth < 4 else { return nil }
      let texts = items.prefix(20).compactMap { text(of: $0, depth: depth + 1) }
      return texts.isEmpty ? nil : texts.joined(separator: "; ")
    case .object(let object):
      guard depth < 4 else { return nil }
      for name in ["msg", "message", "detail", "title", "error", "reason", "code"] {
        guard let inner = object[name], let words = text(of: inner, depth: depth + 1) else {
          continue
        }
        let place = object["loc"]?.array?.prefix(10).compactMap(\.plainText) ?? []
        return place.isEmpty ? words : "\(place.joined(separator: ".")): \(words)"
      }
      return object.members.isEmpty ? nil : value.text.cut(to: ReplyReading.textMax)
    default:
      let text = value.plainText?.trimmed ?? ""
      return text.isEmpty ? nil : text
    }
  }
}

extension String {
  /// At most `count` characters.
  func cut(to count: Int) -> String {
    utf8.count <= count ? self : String(prefix(count))
  }
}
