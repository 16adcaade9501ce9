// What a listening server bounds, whatever its clients do.

/// Bounds of one server.
package struct ServerBounds: Sendable {
  /// Threads that answer, each with connections of its own; one where `connectionsOfAnAddress` is
  /// bounded.
  package var threads = 1
  /// Connections at once, of all threads; with all taken, new ones wait in the kernel's queue.
  package var connections = 4096
  /// Connections of one address at once; 0: no bound of its own.
  package var connectionsOfAnAddress = 0
  /// Without a byte either way for so long a connection is closed; one that waits for an answer is
  /// not idle.
  package var idleSeconds = 75
  /// A request's head, bytes; a longer one is refused with 431 (RFC 6585 §5).
  package var headBytes = 32 << 10
  /// A request's body, bytes; a longer one arrives as `isCut`.
  package var bodyBytes = 1 << 20
  /// Bytes asked of a streamed answer at once.
  package var pieceBytes = 1 << 10
  /// Bytes of an answer that the kernel may hold for a client that does not read.
  package var sendBufferBytes = 256 << 10

  package init() {}
}

/// What an https server shows, as PEM texts.
package struct ServerIdentity: Sendable {
  package let key: String
  /// The server's certificate first.
  package let certificates: String

  package init(key: String, certificates: String) {
    self.key = key
    self.certificates = certificates
  }
}
