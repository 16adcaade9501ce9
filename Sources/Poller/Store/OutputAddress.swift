// Which addresses outputs are fetched from and sent to. What a name resolves to is judged again at
// connect (`AddressGuard`).

import HTTP

enum OutputAddress {
  /// Redirects followed for one output.
  static let redirectsMax = 5

  /// Any public host by https; in development loopback by http too.
  static func allows(_ parts: URLParts, allowLoopback: Bool) -> Bool {
    let isInternal = AddressGuard().refuses(host: parts.host)
    guard isInternal else { return parts.scheme == "https" }
    return allowLoopback && !AddressGuard(allowLoopback: true).refuses(host: parts.host)
  }

  static func isRedirect(_ status: Int) -> Bool { [301, 302, 303, 307, 308].contains(status) }
}
