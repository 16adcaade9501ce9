// The parts of a URL for host allow-lists, read by the parser that will also connect.

import CCurl

/// A URL taken apart by libcurl (curl_url_get(3)).
package struct URLParts: Sendable, Hashable {
  /// `http` or `https`.
  package let scheme: String
  /// Lower case; IPv4 numbers of any spelling as four decimals, IPv6 in brackets; a trailing dot
  /// stays, so that it matches no allow-list by accident.
  package let host: String
  /// As written, else the scheme's own.
  package let port: UInt16
  /// Begins with `/`; still percent-encoded.
  package let path: String
  /// Without `?`; still percent-encoded; nil when there is none.
  package let query: String?

  /// - Throws: `HTTPError` of kind `malformedURL`: no absolute http(s) URL, `user:password@`,
  ///   control characters, spaces, more than `HTTPLimits.urlBytes`.
  package init(_ text: String) throws(HTTPError) {
    let url = try ParsedURL(text)
    guard let scheme = url.part(CURLUPART_SCHEME), let host = url.part(CURLUPART_HOST),
      let port = url.part(CURLUPART_PORT, flags: CURLU_DEFAULT_PORT).flatMap({ UInt16($0) }),
      let path = url.part(CURLUPART_PATH)
    else { throw .refused(.malformedURL, "malformed URL: a part is missing") }
    self.scheme = scheme
    self.host = URLParts.lowercasedASCII(host)
    self.port = port
    self.path = path
    self.query = url.part(CURLUPART_QUERY)
  }

  /// `host`, with `:port` where it is not the scheme's own.
  package var authority: String {
    port == (scheme == "https" ? 443 : 80) ? host : "\(host):\(port)"
  }

  /// Only ASCII: Unicode case rules must not turn another name into an allowed one.
  private static func lowercasedASCII(_ text: String) -> String {
    String(
      decoding: text.utf8.map {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0
      },
      as: UTF8.self)
  }
}
