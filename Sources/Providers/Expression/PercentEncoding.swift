// Values inside URLs (RFC 3986 §2.1): everything that is not unreserved is encoded, so that no id
// can add a path, a query or a host.

enum PercentEncoding {
  /// Everything but ALPHA DIGIT - . _ ~ encoded.
  static func component(_ text: String) -> String {
    var output: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: output.append(byte)
      default: append(byte, to: &output)
      }
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// A URL as people write it, spaces and other scripts included, as RFC 3986 wants it, without its
  /// fragment; nil when it holds control characters.
  static func mended(url text: String) -> String? {
    var output: [UInt8] = []
    for byte in text.trimmed.utf8 {
      if byte == UInt8(ascii: "#") { break }
      guard byte >= 0x20, byte != 0x7F else { return nil }
      if WebAddress.isPlain(byte) { output.append(byte) } else { append(byte, to: &output) }
    }
    return String(decoding: output, as: UTF8.self)
  }

  private static func append(_ byte: UInt8, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "%"))
    for digit in [byte >> 4, byte & 0xF] { output.append(digit < 10 ? 0x30 + digit : 0x37 + digit) }
  }

  /// One path segment; `.` and `..` are refused, for servers and libraries resolve them.
  static func segment(_ text: String, of name: String) throws(RequestError) -> String {
    guard text != ".", text != "..", !text.isEmpty else { throw .badSegment(name) }
    return component(text)
  }

  /// A value of several segments (`owner/name`): the slashes stay.
  static func segments(_ text: String, of name: String) throws(RequestError) -> String {
    var output: [String] = []
    for part in text.split(separator: "/", omittingEmptySubsequences: false) {
      output.append(try segment(String(part), of: name))
    }
    return output.joined(separator: "/")
  }
}
