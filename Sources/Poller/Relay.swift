// The poller's end of HOME/LIVE.

import Ledger
import Posix

/// Holds the file open.
final class Relay {
  private let ring: LiveRelay

  init(_ home: Home) throws(PosixError) { ring = try LiveRelay(home) }

  func append(_ lines: [LiveLine]) throws(PosixError) { try ring.append(lines) }
}
