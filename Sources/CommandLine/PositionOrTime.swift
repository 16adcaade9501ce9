// `--as-of 1200`, `--as-of 2026-11-21`, `--as-of 2h`: one option, two ways to name a moment.

package import Wire

/// A place in the log, named by its position or by a time.
package enum PositionOrTime: Sendable, Equatable {
  /// A log position, from 0 (before the first event).
  case position(Int)
  /// A moment in UTC.
  case time(Timestamp)

  /// Digits alone are a position; otherwise RFC 3339, a date, or how long before `now`.
  package init?(_ text: String, now: Timestamp) {
    if let position = ValueKind.integer(text), position >= 0 {
      self = .position(position)
    } else if let time = Timestamp(text) {
      self = .time(time)
    } else if let duration = Duration(compact: text) {
      self = .time(now.advanced(milliseconds: -duration.milliseconds))
    } else {
      return nil
    }
  }
}
