// URLs, read strictly: whatever two parsers could understand differently is refused, because
// follow-up URLs come from providers and carry our credentials. The HTTP layer checks again what
// the name resolves to.

/// An absolute http or https URL without user, fragment or unusual bytes.
package struct WebAddress: Sendable, Equatable, CustomStringConvertible {
  /// The longest URL, bytes.
  package static let bytesMax = 8192

  package let scheme: String
  /// Lower case; an IPv6 address in brackets.
  package let host: String
  package let port: Int
  /// Empty or beginning with '/'.
  package let path: String
  /// Without its '?'.
  package let query: String?

  /// Nil for anything but a plain URL (RFC 3986 with the scheme http or https).
  package init?(_ text: String) {
    guard text.utf8.count <= WebAddress.bytesMax, text.utf8.allSatisfy(WebAddress.isPlain),
      let colon = text.firstRange(ofText: "://")
    else { return nil }
    let scheme = text[..<colon.lowerBound].lowercased()
    guard scheme == "http" || scheme == "https" else { return nil }
    // ASCII all of it: bytes are characters, and found sooner.
    let rest = text[colon.upperBound...]
    let end = rest.utf8.firstIndex { "/?".utf8.contains($0) } ?? rest.endIndex
    guard let (host, port) = WebAddress.authority(rest[..<end]) else { return nil }
    let mark = rest.utf8[end...].firstIndex(of: UInt8(ascii: "?"))
    self.init(
      scheme: scheme, host: host, port: port ?? (scheme == "https" ? 443 : 80),
      path: String(rest[end..<(mark ?? rest.endIndex)]),
      query: mark.map { String(rest[rest.utf8.index(after: $0)...]) })
  }

  init(scheme: String, host: String, port: Int, path: String, query: String?) {
    self.scheme = scheme
    self.host = host
    self.port = port
    self.path = path
    self.query = query
  }

  /// `https://host`, with the port only when it is not the scheme's own.
  package var origin: String {
    let usual = scheme == "https" ? 443 : 80
    return "\(scheme)://\(host)\(port == usual ? "" : ":\(port)")"
  }

  package var description: String { origin + path + (query.map { "?\($0)" } ?? "") }

  func appending(query parts: [String]) -> WebAddress {
    let all = (query.map { $0.isEmpty ? [] : [$0] } ?? []) + parts
    return WebAddress(
      scheme: scheme, host: host, port: port, path: path,
      query: all.isEmpty ? query : all.joined(separator: "&"))
  }

  /// This path under `base`, whose own path ends without '/'.
  func moved(to base: WebAddress, path: String) -> WebAddress {
    WebAddress(scheme: base.scheme, host: base.host, port: base.port, path: path, query: query)
  }

  /// Visible ASCII without what URLs may not hold; '#' too, a request has no fragment.
  static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "#"), UInt8(ascii: "<"), UInt8(ascii: ">"): false
    case UInt8(ascii: "\\"), UInt8(ascii: "^"), UInt8(ascii: "`"): false
    case UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"): false
    default: (0x21...0x7E).contains(byte)
    }
  }

  private static func authority(_ text: Substring) -> (host: String, port: Int?)? {
    var host = text
    var port: Int?
    let afterBracket = text.utf8.lastIndex(of: UInt8(ascii: "]")) ?? text.startIndex
    if let colon = text.utf8[afterBracket...].firstIndex(of: UInt8(ascii: ":")) {
      let digits = text[text.utf8.index(after: colon)...]
      guard (1...5).contains(digits.utf8.count),
        digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(digits),
        (1...65535).contains(value)
      else { return nil }
      port = value
      host = text[..<colon]
    }
    let name = host.lowercased()
    let isName =
      !name.isEmpty && name.utf8.count <= 253
      && name.utf8.allSatisfy { byte in
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x2E
      }
    let isAddress =
      name.hasPrefix("[") && name.hasSuffix("]") && name.utf8.count > 2
      && name.dropFirst().dropLast().utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) || byte == 0x3A || byte == 0x2E
      }
    return isName || isAddress ? (name, port) : nil
  }
}

/// Hosts that follow-up URLs may name: `api.example.com`, or `*.example.com` for everything below.
struct HostPattern: Sendable, Equatable {
  let text: String

  init?(_ text: String) {
    let name = text.hasPrefix("*.") ? String(text.dropFirst(2)) : text
    guard name.contains("."), WebAddress("https://\(name)")?.host == name else { return nil }
    self.text = text
  }

  func matches(_ host: String) -> Bool {
    text.hasPrefix("*.") ? host.hasSuffix(text.dropFirst(1)) : host == text
  }
}
