// The simulated world's time: real by default, still in tests until they advance it.
import Glibc
import Synchronization
package import Wire

/// Time since the simulator's start, from CLOCK_MONOTONIC or from the caller.
package final class SimulatorClock: Sendable {
  private struct State {
    var advancedMicroseconds: Int64 = 0
    var onAdvance: [@Sendable () -> Void] = []
  }

  /// The wall-clock time that replies give for elapsed time 0.
  let epoch: Timestamp
  /// True when only `advance` moves this clock.
  let isStill: Bool
  private let originMicroseconds: Int64
  private let state = Mutex(State())

  private init(isStill: Bool, epoch: Timestamp) {
    self.isStill = isStill
    self.epoch = epoch
    originMicroseconds = isStill ? 0 : SimulatorClock.read(CLOCK_MONOTONIC)
  }

  /// A clock that runs with the machine.
  package static func running() -> SimulatorClock {
    SimulatorClock(isStill: false, epoch: Timestamp(microseconds: read(CLOCK_REALTIME)))
  }

  /// A clock that stands still at `epoch` until it is advanced.
  package static func still(at epoch: Timestamp = Timestamp("2026-01-01")!) -> SimulatorClock {
    SimulatorClock(isStill: true, epoch: epoch)
  }

  /// Microseconds since the start.
  var elapsedMicroseconds: Int64 {
    let advanced = state.withLock { $0.advancedMicroseconds }
    return isStill
      ? advanced : SimulatorClock.read(CLOCK_MONOTONIC) - originMicroseconds + advanced
  }

  /// Moves time forward at once; replies that were waiting for it are sent.
  package func advance(seconds: Double) {
    precondition(seconds >= 0, "time does not go back")
    let actions = state.withLock { state in
      state.advancedMicroseconds += Int64((seconds * 1e6).rounded())
      return state.onAdvance
    }
    for action in actions { action() }
  }

  /// Names one more who must look again when time is moved.
  func onAdvance(_ action: @escaping @Sendable () -> Void) {
    state.withLock { $0.onAdvance.append(action) }
  }

  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}
