// `--as-of`: the books as they were.

import CommandLine
import Ledger
import Wire

extension Arguments {
  /// The position that `--as-of` names; nil when it was not given.
  func asOf(_ snapshot: borrowing Snapshot, now: Timestamp) throws -> Position? {
    try positionOrTime("as-of", now: now).map { try snapshot.position(of: $0) }
  }
}

extension Option {
  /// `--as-of`, wherever a past state can be asked for.
  static let asOf = Option.value(
    "as-of", .positionOrTime, "As it was at this position or time")
}
