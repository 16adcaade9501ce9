// A complete reply: every byte the server announced is here, or there is an error instead.

/// A reply, whatever its status; redirects are replies too and are never followed.
package struct HTTPResponse: Sendable, Equatable {
  /// 200 to 999; interim replies (1xx) are not reported.
  package let status: Int
  package let headers: HTTPHeaders
  /// As sent: no content encoding is asked for and none is undone.
  package let body: [UInt8]
  /// From start to the last byte, connect included.
  package let latencyMicroseconds: Int64

  package init(
    status: Int, headers: HTTPHeaders = [:], body: [UInt8] = [], latencyMicroseconds: Int64 = 0
  ) {
    self.status = status
    self.headers = headers
    self.body = body
    self.latencyMicroseconds = latencyMicroseconds
  }
}

extension HTTPResponse: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// No contents: a reply may hold signed URLs.
  package var description: String {
    "\(status), \(headers.count) headers, \(body.count) bytes, \(latencyMicroseconds) µs"
  }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
