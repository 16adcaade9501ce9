// When an output that could not be saved is tried again. Pure.

import Glibc
import Ledger
package import Wire

/// The rhythm of attempts to save.
package struct SavePace: Sendable, Equatable {
  /// After the first failure, seconds; doubled with each one more.
  package var startSeconds = 2.0
  package var maxSeconds = 900.0
  /// Share of a pause that chance may add or take.
  package var jitter = 0.2
  /// The longest time without the slowest rate, seconds, and that rate, bytes a second.
  package var idleSeconds = 60
  package var slowestBytesPerSecond = 1024
  /// One output, one way, seconds.
  package var totalSeconds = 7200.0
  /// How soon another poller takes up what this one left, seconds.
  package var leaseSeconds = 10.0

  package init() {}

  /// The next attempt; nil: never, for the provider keeps the output no longer.
  /// - Parameters:
  ///   - attempts: that were made, this one included.
  ///   - deadline: until when the output can be fetched; nil: it is here already.
  ///   - wish: what the other side asked for, seconds.
  package func next(
    attempts: UInt32, deadline: Timestamp?, wish: Int? = nil, now: Timestamp,
    using dice: inout some RandomNumberGenerator
  ) -> Timestamp? {
    if let deadline, now >= deadline { return nil }
    let doubled = startSeconds * pow(2, Double(min(attempts, 30)) - 1)
    var seconds = min(maxSeconds, doubled) * (1 + jitter * Double.random(in: -1...1, using: &dice))
    if let wish { seconds = max(seconds, min(Double(wish), Schedule.retryAfterSecondsMax)) }
    let planned = now.advanced(seconds: seconds)
    // The last chance is not slept through.
    return deadline.map { min(planned, $0) } ?? planned
  }
}

extension ReplyClass {
  /// Of an answer that is no success, from where outputs lie or go.
  static func storing(status: Int) -> ReplyClass {
    switch status {
    case 404, 410: .gone
    case 429: .rateLimited
    case 408, 425, 500...599: .transient
    default: .permanent
    }
  }
}
