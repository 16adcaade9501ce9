// What holds for all requests of one `Multi`.

extension Multi {
  package struct Configuration: Sendable {
    /// Requests in flight at most, and connections kept; 1 to `HTTPLimits.connections`.
    package var connections: Int
    /// Sent as `User-Agent: ledger/<version>`.
    package var version: String
    /// Development and tests: loopback may be reached (`AddressGuard`).
    package var allowLoopback: Bool
    /// The proxy's URL. Nil: none, whatever the environment says. With one, internal addresses
    /// behind names are the proxy's to refuse.
    package var proxy: String?
    /// A PEM file that replaces the system's certificate authorities.
    package var certificateAuthorityFile: String?

    package init(
      version: String, connections: Int = 64, allowLoopback: Bool = false, proxy: String? = nil,
      certificateAuthorityFile: String? = nil
    ) {
      self.version = version
      self.connections = connections
      self.allowLoopback = allowLoopback
      self.proxy = proxy
      self.certificateAuthorityFile = certificateAuthorityFile
    }
  }

  /// A request that ended.
  package struct Completion: Sendable {
    /// As given to `start`.
    package let tag: UInt64
    package let result: Result<HTTPResponse, HTTPError>

    package init(tag: UInt64, result: Result<HTTPResponse, HTTPError>) {
      self.tag = tag
      self.result = result
    }
  }
}
