// How many terminal columns a text takes: combining marks none, East Asian wide letters and emoji
// two. Terminals differ at the edges; this follows Unicode's EastAsianWidth.txt and emoji-data.txt.

/// Widths in terminal columns of text without control characters.
package enum DisplayWidth {
  /// Columns taken by `text`.
  package static func columns(of text: some StringProtocol) -> Int {
    if isPlain(text) { return text.utf8.count }
    return text.reduce(0) { $0 + columns(of: $1) }
  }

  /// The longest beginning of `text` that fits; at least one character, lest loops never end.
  static func prefix(of text: String, columns limit: Int) -> String {
    var width = 0
    var result = ""
    for character in text {
      width += columns(of: character)
      if width > limit, !result.isEmpty { break }
      result.append(character)
    }
    return result
  }

  /// `text`, or its beginning and `…`, in at most `columns` (1 or more).
  package static func truncate(_ text: String, columns limit: Int) -> String {
    guard columns(of: text) > limit else { return text }
    var width = 0
    var result = ""
    for character in text {
      width += columns(of: character)
      if width > limit - 1 { break }
      result.append(character)
    }
    return result + "…"
  }

  private static func isPlain(_ text: some StringProtocol) -> Bool {
    text.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
  }

  private static func columns(of character: Character) -> Int {
    let scalars = character.unicodeScalars
    // Emoji sequences (flags, skin tones, families, VS16) draw as one picture of two columns.
    if scalars.count > 1, scalars.contains(where: isEmojiJoiner) { return 2 }
    return scalars.reduce(0) { $0 + columns(of: $1) }
  }

  private static func isEmojiJoiner(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value == 0xFE0F || (0x1F1E6...0x1F1FF).contains(scalar.value)
      || scalar.properties.isEmojiModifier || scalar.value == 0x20E3
  }

  private static func columns(of scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case 0x20..<0x7F: return 1
    case 0x1160...0x11FF: return 0  // Hangul vowels and finals, drawn inside the first letter
    default: break
    }
    if isZeroWidth(scalar) { return 0 }
    if scalar.properties.isEmojiPresentation { return 2 }
    return wide.contains { $0.contains(scalar.value) } ? 2 : 1
  }

  /// Combining marks and invisible format characters.
  static func isZeroWidth(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: true
    case .format: scalar.value != 0xAD && !(0x600...0x605).contains(scalar.value)
    default: false
    }
  }

  /// East Asian Wide and Fullwidth blocks (Unicode 15.1, EastAsianWidth.txt), unassigned included.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F,
    0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60,
    0xFFE0...0xFFE6, 0x16FE0...0x18D8F, 0x1AFF0...0x1B2FF, 0x1F200...0x1F265, 0x20000...0x3FFFD,
  ]
}
