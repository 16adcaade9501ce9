// Blanks out comments and string contents, so that the rules see only code and line numbers stay.

/// A scanner over Swift source. It knows nested comments, escapes, raw and multi-line strings and
/// interpolations; bare regex literals it takes for code.
struct CodeMask {
  private var bytes: [UInt8]
  private var offset = 0

  private init(_ text: String) { bytes = Array(text.utf8) }

  /// The text with every byte of a comment or string replaced by a space, newlines kept.
  static func code(of text: String) -> String {
    var mask = CodeMask(text)
    while mask.offset < mask.bytes.count {
      let start = mask.offset
      if mask.skipCommentOrString() { mask.blank(from: start) } else { mask.offset += 1 }
    }
    return String(decoding: mask.bytes, as: UTF8.self)
  }

  private mutating func blank(from start: Int) {
    for index in start..<offset where bytes[index] != UInt8(ascii: "\n") { bytes[index] = 0x20 }
  }

  private func stands(_ text: String, at place: Int? = nil) -> Bool {
    bytes[min(place ?? offset, bytes.count)...].starts(with: text.utf8)
  }

  /// Moves past a comment or a string that begins here; false and no move when there is none.
  private mutating func skipCommentOrString() -> Bool {
    if stands("//") {
      while offset < bytes.count, bytes[offset] != UInt8(ascii: "\n") { offset += 1 }
      return true
    }
    if stands("/*") {
      skipBlockComment()
      return true
    }
    let hashes = bytes[offset...].prefix { $0 == UInt8(ascii: "#") }.count
    guard stands("\"", at: offset + hashes) else { return false }
    skipString(hashes: hashes)
    return true
  }

  private mutating func skipBlockComment() {
    var depth = 0
    repeat {
      if stands("/*") {
        depth += 1
        offset += 2
      } else if stands("*/") {
        depth -= 1
        offset += 2
      } else {
        offset += 1
      }
    } while depth > 0 && offset < bytes.count
  }

  private mutating func skipString(hashes: Int) {
    let fence = String(repeating: "#", count: hashes)
    offset += hashes
    let quotes = stands("\"\"\"") ? "\"\"\"" : "\""
    offset += quotes.utf8.count
    while offset < bytes.count {
      if stands(quotes + fence) {
        offset += quotes.utf8.count + hashes
        return
      }
      if stands("\\" + fence + "(") {
        offset += hashes + 2
        skipInterpolation()
      } else if stands("\\" + fence) {
        offset += hashes + 2
      } else {
        offset += 1
      }
    }
  }

  /// From just after `\(` to just after its `)`.
  private mutating func skipInterpolation() {
    var depth = 1
    while depth > 0, offset < bytes.count {
      if skipCommentOrString() { continue }
      if bytes[offset] == UInt8(ascii: "(") { depth += 1 }
      if bytes[offset] == UInt8(ascii: ")") { depth -= 1 }
      offset += 1
    }
  }
}
