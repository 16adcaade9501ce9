// What stands where a backup is to be restored, and what of it the backup does not hold.

import LMDB
import Posix
import Wire

/// The place of a restore, judged from its HEAD: its log may be the very thing that is damaged.
struct Standing {
  /// What HEAD says; nil in a place without a ledger.
  let mark: HeadMark?
  /// The last event that both have.
  private let common: Position

  var incarnation: UInt64 { mark?.incarnation ?? 0 }

  /// - Throws: `Refusal` when it is another ledger; `BooksError` when it cannot be told.
  init(
    _ home: Home, _ backup: borrowing LogSnapshot<ReadTransaction>, _ manifest: HeadMark
  ) throws {
    mark = FileSystem.exists(home.head) ? try Head(home.head).mark() : nil
    guard let mark else {
      guard !home.isInitialised else {
        throw BooksError.damaged(
          "HEAD is missing or unreadable, so nobody can say what a restore would lose: move the "
            + "home away and restore into an empty place", position: nil)
      }
      common = 0
      return
    }
    // A home whose making was never completed has no event but its opening.
    let isNothing = mark.position <= 1 && !home.isInitialised
    guard isNothing || mark.ledgerID == manifest.ledgerID else {
      throw Refusal(
        .conflict,
        "\(home.path) is ledger \(Hex.text(mark.ledgerID)), the backup is of "
          + Hex.text(manifest.ledgerID),
        next: "ledger --home EMPTY-DIR restore DIR")
    }
    if isNothing {
      common = mark.position
    } else if try backup.hash(at: mark.position) == mark.hash {
      common = mark.position
    } else if mark.incarnation == manifest.incarnation {
      // One incarnation is one history: the shorter is the beginning of the longer.
      common = min(mark.position, manifest.position)
    } else {
      // Where nobody can say how far the two are alike, all counts as lost.
      let log = home.isInitialised ? try? Log(home.log) : nil
      common = try log.map { try Standing.common(of: try $0.read(), backup) } ?? 0
    }
  }

  /// True when the place holds the backup's log and nothing after it.
  func holds(_ backup: HeadMark) -> Bool {
    mark?.position == backup.position && common == backup.position
  }

  /// The events that would be lost; nil when there are none.
  /// - Throws: `Refusal` when there are and that was not accepted.
  func loss(_ isAccepted: Bool) throws -> ClosedRange<Position>? {
    guard let mark, mark.position > common else { return nil }
    let lost = common + 1...mark.position
    guard isAccepted else {
      throw Refusal(
        .conflict,
        "\(lost.count) acknowledged events (\(lost.lowerBound) to \(lost.upperBound)) are not in "
          + "the backup and would be lost",
        position: lost.lowerBound, next: "ledger restore DIR --accept-loss")
    }
    return lost
  }

  /// Two logs that begin alike: by halving, for equal chain hashes mean equal beginnings.
  private static func common(
    of one: borrowing LogSnapshot<ReadTransaction>,
    _ other: borrowing LogSnapshot<ReadTransaction>
  ) throws -> Position {
    var (low, high): (Position, Position) = (0, try min(one.end().position, other.end().position))
    while low < high {
      let middle = low + (high - low + 1) / 2
      if try one.hash(at: middle) == other.hash(at: middle) {
        low = middle
      } else {
        high = middle - 1
      }
    }
    return low
  }
}
