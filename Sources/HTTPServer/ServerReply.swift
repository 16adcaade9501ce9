// One whole reply.

/// A reply, complete.
package struct ServerReply: Sendable {
  package var status: Int
  /// In order; framing fields (`Content-Length`, `Connection`, ...) are the library's.
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]
  /// The length a streamed body is announced with; nil: none is, it comes in chunks.
  package var announcedBytes: Int?

  package init(
    _ status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []
  ) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// With another header field.
  package func adding(_ name: String, _ value: String) -> ServerReply {
    var reply = self
    reply.headers.append((name, value))
    return reply
  }

  /// The first header field of that name, in any case.
  package func header(_ name: String) -> String? {
    headers.first { $0.name.isSameToken(as: name) }?.value
  }
}
