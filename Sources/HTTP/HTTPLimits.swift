// Every bound of the transport in one place.

/// Bounds on requests and replies.
package enum HTTPLimits {
  /// A URL, bytes.
  package static let urlBytes = 8 << 10
  /// Fields of a request.
  package static let requestFields = 64
  /// All names and values of a request, bytes.
  package static let requestHeaderBytes = 32 << 10
  /// A request's body, bytes.
  package static let requestBodyBytes = 256 << 20
  /// A request's body that is a file, bytes: what S3 takes in one PUT.
  package static let fileBodyBytes = 5 << 30
  /// A reply's body that says what went wrong where a sink waits for another, bytes.
  package static let errorBodyBytes = 1 << 20
  /// Fields of a reply.
  package static let replyFields = 256
  /// A reply's header with all interim replies and trailers, bytes.
  package static let replyHeaderBytes = 64 << 10
  /// The longest timeout, seconds.
  package static let timeoutSeconds = 86_400.0
  /// The most connections one `Multi` may hold.
  package static let connections = 4096
}
