// `--as-of`: the books as they were.

import CommandLine
import Ledger
import Wire

extension Arguments {
  /// The position that `--as-of` names; nil when it was not given. A time names the last event
  /// recorded by then, and a position beyond the head the head.
  func asOf(_ snapshot: borrowing Snapshot, now: Timestamp) throws -> Position? {
    switch positionOrTime("as-of", now: now) {
    case .position(let position): min(Position(position), snapshot.head)
    case .time(let time): try snapshot.position(at: time)
    case nil: nil
    }
  }
}

extension Option {
  /// `--as-of`, wherever a past state can be asked for.
  static let asOf = Option.value(
    "as-of", .positionOrTime, "As it was at this position or time")
}
