// A world's time: it moves only when nothing is left to be done now.

import Posix
import Simulator
import Synchronization
import Wire

/// A wall clock that can be set, a boot clock that cannot, and the providers' clock.
final class WorldClock: Sendable {
  private struct State {
    /// Microseconds since the world's beginning.
    var elapsed: Int64 = 0
    /// What the wall clock was set by, microseconds.
    var skew: Int64 = 0
  }

  /// The year 2100, after whatever the machine's clock wrote when the home was made.
  private static let epoch = Timestamp("2100-01-01")!

  let providers = SimulatorClock.still(at: WorldClock.epoch)
  private let state = Mutex(State())

  /// Microseconds since the world's beginning.
  var elapsed: Int64 { state.withLock { $0.elapsed } }

  var wall: Timestamp {
    let micros = state.withLock { $0.elapsed + $0.skew }
    return Timestamp(microseconds: WorldClock.epoch.microseconds + micros)
  }

  /// What the wall clock would say if nobody had set it.
  var steady: Timestamp {
    Timestamp(microseconds: WorldClock.epoch.microseconds + elapsed)
  }

  /// Time passes.
  func advance(to moment: Int64) {
    let passed = state.withLock { state in
      let passed = max(0, moment - state.elapsed)
      state.elapsed += passed
      return passed
    }
    providers.advance(seconds: Double(passed) / 1e6)
  }

  /// Somebody sets the wall clock.
  func set(by seconds: Int64) { state.withLock { $0.skew += seconds * 1_000_000 } }

  /// Somebody puts it right.
  func setRight() { state.withLock { $0.skew = 0 } }
}
