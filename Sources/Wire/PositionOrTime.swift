// A moment in the books, as people write it: `1200`, `2026-11-21`, `2h`. One text, two ways.

/// A place in the log, named by its position or by a time.
package enum PositionOrTime: Sendable, Equatable {
  /// A log position, from 0 (before the first event).
  case position(Int)
  /// A moment in UTC.
  case time(Timestamp)

  /// Digits alone are a position; otherwise RFC 3339, a date, or how long before `now`.
  package init?(_ text: String, now: Timestamp) {
    if text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let position = Int(text) {
      self = .position(position)
    } else if let time = Timestamp(text) {
      self = .time(time)
    } else if let duration = Duration(compact: text) {
      self = .time(now.advanced(milliseconds: -duration.milliseconds))
    } else {
      return nil
    }
  }

  /// The moment; nil for a position.
  package var time: Timestamp? { if case .time(let time) = self { time } else { nil } }
}
