// Ids as names of files and objects: whoever chooses an id must not choose a path (CWE-22).

import Wire

/// Text that becomes part of a path.
package enum PathSegment {
  /// The longest segment, bytes: file systems end at 255, and more may be put behind it.
  static let bytesMax = 200

  /// The text as one segment: letters, digits, `.`, `_`, `-` and `:` stay; every other byte, and a
  /// dot in front, becomes `~` and two hexadecimal digits. Different texts stay different.
  package static func safe(_ text: String) -> String {
    guard !text.isEmpty else { return "~" }
    var segment = ""
    for (offset, byte) in text.utf8.enumerated() {
      if isPlain(byte) && byte != UInt8(ascii: "~") && !(offset == 0 && byte == dot) {
        segment.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        segment += "~" + hex(byte)
      }
    }
    guard segment.utf8.count > bytesMax else { return segment }
    // Still different from every other text's, by its digest.
    let digest = Hex.text(SHA256.digest(Array(text.utf8)).bytes).prefix(32)
    return "\(segment.prefix(bytesMax - 40))~~\(digest)"
  }

  /// One or more segments of plain bytes, none of them empty or beginning with a dot.
  static func arePlain(_ path: String) -> Bool {
    path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { segment in
      !segment.isEmpty && segment.utf8.first != dot && segment.utf8.allSatisfy(isPlain)
    }
  }

  /// As a URL's path: what RFC 3986 §2.3 calls unreserved stays, and so do slashes.
  package static func percentEncoded(_ path: String) -> String {
    var text = ""
    for byte in path.utf8 {
      if isPlain(byte) && byte != UInt8(ascii: ":") || byte == UInt8(ascii: "/") {
        text.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        text += "%" + hex(byte)
      }
    }
    return text
  }

  /// Nil where a `%` is not followed by two digits, or the bytes are no UTF-8.
  static func percentDecoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      let digits = String(Substring(rest.prefix(2)))
      guard digits.utf8.count == 2, !digits.hasPrefix("+"), !digits.hasPrefix("-"),
        let value = UInt8(digits, radix: 16)
      else { return nil }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static let dot = UInt8(ascii: ".")

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: "~"):
      true
    default: false
    }
  }

  private static func hex(_ byte: UInt8) -> String {
    let text = String(byte, radix: 16, uppercase: true)
    return byte < 16 ? "0" + text : text
  }
}
