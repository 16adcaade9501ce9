// Time for scheduling, on a machine whose wall clock may be set while we run.

import Posix
package import Wire

/// The wall clock, held against CLOCK_BOOTTIME, which nobody can set. Both were read together when
/// the poller started; NTP's slewing moves both alike, so only a step parts them.
package struct PollClock: Sendable {
  /// A step of more than this, in seconds, is worth a person's look.
  package static let stepSecondsMax = 60.0

  private let wall: @Sendable () -> Timestamp
  private let boot: @Sendable () -> Int64
  private let offset: Int64

  /// - Parameters:
  ///   - wall: the wall clock.
  ///   - boot: microseconds since boot, sleep included.
  package init(
    wall: @escaping @Sendable () -> Timestamp = {
      Timestamp(microseconds: Clock.wallMicroseconds())
    },
    boot: @escaping @Sendable () -> Int64 = { Clock.bootMicroseconds() }
  ) {
    self.wall = wall
    self.boot = boot
    offset = wall().microseconds - boot()
  }

  /// Never goes back: a clock set back must not stop the polls, and one set forward has jobs
  /// submitted under it.
  package var now: Timestamp { max(wall(), steady) }

  /// The time by which holds and credits end. Never ahead: a clock set forward ends nothing early,
  /// and one that was wrong when the poller started and is put right ends nothing for ever late.
  package var ending: Timestamp { min(wall(), steady) }

  /// Whether somebody has set the wall clock by more than a minute.
  package var wasSet: Bool { abs(wall().seconds(since: steady)) > PollClock.stepSecondsMax }

  private var steady: Timestamp { Timestamp(microseconds: boot() + offset) }
}
