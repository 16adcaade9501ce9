// When a message that did not arrive is sent again. Pure.

package import Wire

/// The rhythm of deliveries.
package struct HookPace: Sendable, Equatable {
  /// After the first failure, seconds. Each pause is as long as all the time since the first
  /// failure, so it doubles, and a poller that takes over goes on where the last one was.
  package var startSeconds = 5.0
  package var maxSeconds = 3600.0
  /// Share of a pause that chance may add or take.
  package var jitter = 0.2
  /// How long after its first failure an event is given up, seconds.
  package var patienceSeconds = 86_400.0
  /// One delivery, connect included, seconds.
  package var timeoutSeconds = 30.0
  /// Deliveries of one hook at once.
  package var atOnce = 4
  /// Failures in a row after which a receiver counts as down: it is then asked with one message at
  /// a time, at most every `downSeconds`, until one arrives.
  package var downAfter = 3
  package var downSeconds = 60.0

  package init() {}

  /// - Parameters:
  ///   - failedAt: the event's first failure.
  ///   - wish: what the receiver asked for (`Retry-After`), seconds.
  /// - Returns: when to try again; nil: the event is given up.
  package func next(
    failedAt: Timestamp, wish: Int? = nil, now: Timestamp,
    using dice: inout some RandomNumberGenerator
  ) -> Timestamp? {
    let elapsed = now.seconds(since: failedAt)
    guard elapsed < patienceSeconds else { return nil }
    var pause = min(max(elapsed, startSeconds), maxSeconds)
    pause *= 1 + jitter * Double.random(in: -1...1, using: &dice)
    if let wish { pause = max(pause, min(Double(wish), maxSeconds)) }
    // The last try is made when its time is over, not before.
    return min(now.advanced(seconds: pause), failedAt.advanced(seconds: patienceSeconds))
  }

  /// - Parameter failures: in a row.
  /// - Returns: when the next message may leave; nil: at once.
  package func pause(failures: Int, now: Timestamp) -> Timestamp? {
    guard failures >= downAfter else { return nil }
    let doubled = startSeconds * Double(1 << min(failures - downAfter, 16))
    return now.advanced(seconds: min(doubled, downSeconds))
  }

  /// Messages that may be under way at once.
  package func lanes(failures: Int) -> Int { failures >= downAfter ? 1 : atOnce }
}
