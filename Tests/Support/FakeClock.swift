// Time that a test moves by hand.

import Synchronization
package import Wire

/// A wall clock that stands still until it is told to move. It begins in the year 2100, after
/// whatever the machine's clock wrote when a home was created.
package final class FakeClock: Sendable {
  private let micros = Mutex<Int64>(4_102_444_800_000_000)

  package init() {}

  package var now: Timestamp { Timestamp(microseconds: micros.withLock { $0 }) }

  /// Moves by `seconds`; backwards when negative.
  package func step(seconds: Double) {
    micros.withLock { $0 += Int64(seconds * 1_000_000) }
  }

  /// The moment `seconds` from now.
  package func after(seconds: Double) -> Timestamp { now.advanced(seconds: seconds) }
}
