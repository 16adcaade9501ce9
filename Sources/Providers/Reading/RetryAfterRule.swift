// When to ask again: the provider's own wish, in its many forms.

import Wire

enum RetryAfterRule: Sendable, Equatable {
  /// Seconds or an HTTP date (RFC 9110 §10.2.3).
  case header(String)
  case headerMilliseconds(String)
  /// Seconds.
  case pointer(PointerPath)
  /// Seconds captured in a text.
  case matches(PointerPath, Pattern)

  /// Longer wishes are cut to a day: our own schedule looks again sooner or later anyway.
  static let secondsMax = 86_400

  /// Whole seconds, rounded up.
  func read(_ facts: ReplyFacts) -> Int? {
    let limit = RetryAfterRule.secondsMax
    switch self {
    case .header(let name):
      guard let text = facts.reply.header(name) else { return nil }
      if let number = DecimalText(text) { return number.roundedUp(limit: limit) }
      // Against the reply's own clock: ours may differ, and reading has no clock.
      guard let date = HTTPDate.read(text),
        let now = facts.reply.header("date").flatMap(HTTPDate.read)
      else { return nil }
      return max(0, min(limit, Int(date.seconds(since: now))))
    case .headerMilliseconds(let name):
      let text = facts.reply.header(name)
      return text.flatMap { DecimalText($0 + "e-3") }?.roundedUp(limit: limit)
    case .pointer(let path):
      let texts = path.values(in: facts.json).lazy.compactMap(\.plainText)
      return texts.first.flatMap { DecimalText($0) }?.roundedUp(limit: limit)
    case .matches(let path, let pattern):
      let texts = path.values(in: facts.json).lazy.compactMap(\.plainText)
      return texts.compactMap { pattern.first(in: $0) }.first.flatMap { DecimalText($0) }?
        .roundedUp(limit: limit)
    }
  }
}

/// IMF-fixdate, the only form a sender may use (RFC 9110 §5.6.7).
enum HTTPDate {
  /// `Sun, 06 Nov 1994 08:49:37 GMT`.
  static func read(_ text: String) -> Timestamp? {
    let parts = text.split(separator: " ")
    guard parts.count == 6, parts[5] == "GMT", parts[1].utf8.count == 2, parts[3].utf8.count == 4,
      let month = months.firstIndex(of: String(parts[2]))
    else { return nil }
    let number = month + 1 < 10 ? "0\(month + 1)" : "\(month + 1)"
    return Timestamp("\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z")
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
}
