// Outputs on their way to the store: what its worker tells the books. Outputs are saved one after
// the other, in their order.

package import Wire

/// An output that is saved.
package struct StoredOutput: Sendable, Equatable {
  /// Index from 0.
  package var output: UInt64
  /// Which store, and the output's name there.
  package var store: String
  package var key: String
  /// Size, bytes.
  package var bytes: UInt64
  /// SHA-256 of the content, 32 bytes.
  package var sha256: [UInt8]
  /// As received.
  package var mediaType: String?

  package init(
    output: UInt64, store: String, key: String, bytes: UInt64, sha256: [UInt8],
    mediaType: String? = nil
  ) {
    self.output = output
    self.store = store
    self.key = key
    self.bytes = bytes
    self.sha256 = sha256
    self.mediaType = mediaType
  }
}

/// An attempt to save an output that came to nothing.
package struct StoreFailure: Sendable, Equatable {
  /// Index from 0.
  package var output: UInt64
  package var replyClass: ReplyClass
  package var exchange: Exchange
  /// When it is tried again; nil: never, for the provider keeps the output no longer.
  package var retryAt: Timestamp?

  package init(
    output: UInt64, replyClass: ReplyClass, exchange: Exchange = Exchange(),
    retryAt: Timestamp? = nil
  ) {
    self.output = output
    self.replyClass = replyClass
    self.exchange = exchange
    self.retryAt = retryAt
  }
}
