// How a server works.

import HTTPServer
import Ledger
import Posix
package import Wire

/// What `ledger serve` is told.
package struct ServerOptions: Sendable {
  /// Where to listen, `HOST:PORT`; a socket that was passed on by the service manager wins.
  package var listen = ServerOptions.listenDefault
  package static let listenDefault = "127.0.0.1:8484"
  /// Where the world reaches us; hosts of other names are refused. Nil: only our own address.
  package var publicURL: String?
  /// Origins whose pages may call us (CORS), e.g. `https://app.example.com`.
  package var allowedOrigins: Set<String> = []
  /// Requests a second of one token or address; 0: no bound.
  package var requestsPerSecond = 200
  var bounds = ServerBounds()
  /// Connections of one address at once; 0: no bound, for behind a proxy all have one address.
  package var connectionsOfAnAddress: Int {
    get { bounds.connectionsOfAnAddress }
    set { bounds.connectionsOfAnAddress = newValue }
  }
  /// Connections at once.
  package var connections: Int {
    get { bounds.connections }
    set { bounds.connections = newValue }
  }
  /// Between two signs of life on a stream, seconds.
  package var heartbeatSeconds = 15.0
  /// How long a stop waits for answers under way, seconds.
  package var graceSeconds = 5.0
  package var version = "0"
  package var clock: @Sendable () -> Timestamp

  package init(clock: @escaping @Sendable () -> Timestamp) {
    self.clock = clock
    // Two at least: a page that takes long must not keep everybody else waiting.
    bounds.threads = max(2, min(4, Machine.processors))
    bounds.headBytes = 8 << 10
    // A provider's webhook may hold as much as its reply; our own requests hold less.
    bounds.bodyBytes = Limits.replyBytes
  }
}
