// Headers of a notification as somebody wrote them into a file.

import Wire

extension WebhookMessage {
  /// Lines `Name: value`, or a JSON object of texts and lists of texts.
  /// - Returns: nil when the text is neither. Names and values are as they stand.
  package static func headers(of text: [UInt8]) -> [Reply.Header]? {
    let first = text.first { $0 > 0x20 }
    if first == UInt8(ascii: "{") {
      guard let members = (try? JSON(parsing: text))?.object?.members else { return nil }
      var headers: [Reply.Header] = []
      for member in members {
        guard let values = texts(of: member.value) else { return nil }
        headers += values.map { Reply.Header(member.name, $0) }
      }
      return headers
    }
    var headers: [Reply.Header] = []
    for line in String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline) {
      guard let colon = line.firstIndex(of: ":") else { return nil }
      let name = String(line[..<colon])
      guard HeaderText.isName(name) else { return nil }
      headers.append(.init(name, String(line[line.index(after: colon)...]).trimmed))
    }
    return headers
  }

  private static func texts(of value: JSON) -> [String]? {
    if let text = value.string { return [text] }
    guard let items = value.array else { return nil }
    let texts = items.compactMap(\.string)
    return texts.count == items.count ? texts : nil
  }
}
