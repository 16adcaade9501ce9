// Text from providers and users is shown, never obeyed: whatever could steer a terminal or reorder
// a line is written out visibly (Unicode TR 36 and TR 55 say why bidi controls are among it).

package enum Escaping {
  /// Most combining marks kept on one letter; more only serve to overflow lines.
  static let marksMax = 4

  /// One line that is safe on a terminal: newline becomes `␤`; other control characters, C1, bidi
  /// and invisible format characters become `\u{1b}` and the like.
  package static func terminal(_ text: String) -> String {
    safe(text, keeping: { _ in nil })
  }

  /// The same for a line that the program has put together itself: its own style sequences stay.
  /// The last door before the terminal, in case a caller forgot `terminal(_:)` on a piece.
  static func line(_ text: String, keepingStyle: Bool) -> String {
    guard keepingStyle else { return terminal(text) }
    return safe(text) { rest in
      Style.sequences.first { rest.starts(with: $0.unicodeScalars) }
    }
  }

  private static func safe(
    _ text: String, keeping kept: (Substring.UnicodeScalarView) -> String?
  ) -> String {
    if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
    var output = String.UnicodeScalarView()
    var marks = 0
    var rest = Substring(text).unicodeScalars
    while let scalar = rest.first {
      if scalar.value == 0x1B, let sequence = kept(rest) {
        output.append(contentsOf: sequence.unicodeScalars)
        rest = rest.dropFirst(sequence.unicodeScalars.count)
        continue
      }
      rest.removeFirst()
      if scalar == "\n" {
        output.append("␤")
      } else if isDangerous(scalar) {
        output.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
      } else {
        marks = scalar.value >= 0x300 && DisplayWidth.isZeroWidth(scalar) ? marks + 1 : 0
        if marks <= marksMax { output.append(scalar) }
      }
    }
    return String(output)
  }

  private static func isDangerous(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F...0x9F: true  // C0, DEL, C1
    case 0x61C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true  // bidi controls
    case 0x2028, 0x2029: true  // line and paragraph separators
    case 0xAD, 0x180E, 0x200B, 0x2060...0x2065, 0x206A...0x206F, 0xFEFF: true  // invisible
    case 0xFFF9...0xFFFB, 0xE0000...0xE007F: true  // annotations, tags
    default: false
    }
  }
}
