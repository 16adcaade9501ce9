// Whether a thread still works: how long it has been at one piece of work. A thread that waits for
// work is well; one that never comes back from a piece of it is stuck.

import Synchronization

/// The pulse of one thread; read by any other.
package final class Pulse: Sendable {
  /// By CLOCK_BOOTTIME, microseconds; 0: at rest.
  private let since = Atomic<Int64>(0)

  package init() {}

  /// A piece of work begins; again without an end between: the one before is done.
  package func begin() { since.store(Clock.bootMicroseconds(), ordering: .relaxed) }

  /// The same for one of several threads that share a few pulses: false when this one is taken.
  package func beginIfResting() -> Bool {
    since.compareExchange(
      expected: 0, desired: Clock.bootMicroseconds(), ordering: .relaxed
    ).exchanged
  }

  /// The thread waits for work.
  package func end() { since.store(0, ordering: .relaxed) }

  /// How long the piece of work under way has taken; 0 when there is none.
  package var busySeconds: Double {
    let begin = since.load(ordering: .relaxed)
    return begin == 0 ? 0 : Double(max(0, Clock.bootMicroseconds() - begin)) / 1e6
  }
}
