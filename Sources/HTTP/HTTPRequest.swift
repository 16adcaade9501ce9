// One request, complete: what is sent, how long it may take and how large its reply may be.

/// A request. Its descriptions show method, host and path: never a query, a header value or a body.
package struct HTTPRequest: Sendable {
  package enum Method: String, Sendable, CaseIterable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
  }

  package var method: Method
  /// Absolute, `http` or `https`, without user name; at most `HTTPLimits.urlBytes`.
  package var url: String
  /// Sent in this order. Framing and routing fields (`Host`, `Content-Length`, ...) are refused:
  /// they belong to the transport.
  package var headers: HTTPHeaders
  /// Not with `get` and `head`. Nil and empty are the same for the other methods.
  package var body: [UInt8]?
  /// Instead of `body`, with `put` only.
  package var file: FileBody?
  /// Name resolution, connect and TLS together; above 0, at most a day.
  package var connectTimeoutSeconds: Double
  /// Everything, connect included; above 0, at most a day.
  package var totalTimeoutSeconds: Double
  /// The longest time without a byte, whole seconds from 1 to a day; nil: only the total counts.
  package var idleTimeoutSeconds: Int?
  /// What counts as a byte's time for `idleTimeoutSeconds`: fewer bytes a second than this, on
  /// average over that time, are too few; at least 1.
  package var idleBytesPerSecond = 1
  /// A longer body is an error, never cut.
  package var maxResponseBytes: Int
  /// A second sending would do harm (a submit). libcurl silently repeats a request when a kept
  /// connection turns out dead, so this one gets a new connection and is issued once.
  package var mustNotRepeat: Bool

  package init(
    _ method: Method, _ url: String, headers: HTTPHeaders = [:], body: [UInt8]? = nil,
    connectTimeoutSeconds: Double = 10, totalTimeoutSeconds: Double = 60,
    idleTimeoutSeconds: Int? = nil, maxResponseBytes: Int = 8 << 20, mustNotRepeat: Bool = false
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.connectTimeoutSeconds = connectTimeoutSeconds
    self.totalTimeoutSeconds = totalTimeoutSeconds
    self.idleTimeoutSeconds = idleTimeoutSeconds
    self.maxResponseBytes = maxResponseBytes
    self.mustNotRepeat = mustNotRepeat
  }
}

extension HTTPRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String {
    guard let parts = try? URLParts(url) else { return "\(method.rawValue) (malformed URL)" }
    return "\(method.rawValue) \(parts.scheme)://\(parts.authority)\(parts.path)"
  }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
