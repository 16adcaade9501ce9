// Why a request has no reply, and the one thing its caller must know: may it be sent again?

/// A request that ended without a complete reply.
package struct HTTPError: Error, Sendable, Equatable {
  /// What failed. An HTTP status is never an error here: 500 is a reply.
  package enum Kind: String, Sendable, CaseIterable {
    /// The URL was refused before anything happened: not http(s), a user name, nonsense, too long.
    case malformedURL
    /// The request was refused before anything happened: a header or limit that must not be sent.
    case malformedRequest
    /// Every address of the host is internal (`AddressGuard`).
    case addressRefused
    /// No address was found for the host.
    case resolve
    /// No connection to any address.
    case connect
    /// The TLS handshake or the certificate.
    case tls
    /// The connect or the total timeout.
    case timeout
    /// The connection ended, or was reset, before a reply began.
    case reset
    /// The connection ended in the middle of a reply.
    case incompleteReply
    /// The reply's body or header exceeded its limit.
    case responseTooLarge
    /// The receiver of a body (`BodySink`) wanted no more of it.
    case stopped
    /// What came is not HTTP/1.x.
    case malformedReply
    /// The configured proxy failed.
    case proxy
    /// This process ran out of descriptors or memory.
    case localResources
    /// A defect of ours or of libcurl.
    case internalFault
  }

  package let kind: Kind
  /// For people: names the host and the cause; never a path, a query, a header or a body.
  package let message: String
  /// True only when it is proved that no byte of the request left this machine: then, and only
  /// then, sending it again cannot make it happen twice.
  package let nothingWasSent: Bool
  /// The reply's status, when its header was read before the failure.
  package let status: Int?
  /// From start to failure; 0 when refused before anything happened.
  package let latencyMicroseconds: Int64

  package init(
    _ kind: Kind, _ message: String, nothingWasSent: Bool, status: Int? = nil,
    latencyMicroseconds: Int64 = 0
  ) {
    self.kind = kind
    self.message = message
    self.nothingWasSent = nothingWasSent
    self.status = status
    self.latencyMicroseconds = latencyMicroseconds
  }

  /// Refused by us, before libcurl saw it.
  static func refused(_ kind: Kind, _ message: String) -> HTTPError {
    HTTPError(kind, message, nothingWasSent: true)
  }
}

extension HTTPError: CustomStringConvertible {
  package var description: String {
    "\(message) (\(kind.rawValue), \(nothingWasSent ? "nothing was sent" : "may have been sent"))"
  }
}
