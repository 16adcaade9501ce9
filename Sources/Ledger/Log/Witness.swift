// The log against what HEAD saw: every acknowledged event must be there, unchanged.

import LMDB
import Wire

enum Witness {
  /// What is wrong; nil when nothing is.
  static func complaint<Snapshot: Transaction & ~Copyable>(
    _ mark: HeadMark?, against log: borrowing LogSnapshot<Snapshot>
  ) throws -> BooksError? {
    let meta = try log.meta()
    guard let mark else {
      return .damaged("HEAD, the log's witness, is missing or unreadable", position: nil)
    }
    guard mark.ledgerID == meta.ledgerID else {
      return .damaged("HEAD belongs to another log", position: nil)
    }
    if mark.incarnation != meta.incarnation {
      if try knows(of: mark, log, meta) { return nil }
      return .damaged(
        "HEAD belongs to another log: it is of incarnation \(mark.incarnation), the log of "
          + "\(meta.incarnation)", position: nil)
    }
    guard let hash = try log.hash(at: mark.position) else {
      return .damaged(
        "acknowledged events are missing: HEAD knows of \(mark.position), the log ends at "
          + "\(try log.end().position)", position: nil)
    }
    guard hash == mark.hash else {
      return .damaged("the chain hash is not the one HEAD saw", position: mark.position)
    }
    return nil
  }

  /// A restore puts the log in place and then writes HEAD. Ended between the two, it leaves a HEAD
  /// of an older incarnation: right, if the restored log says that it accounts for all HEAD saw.
  private static func knows<Snapshot: Transaction & ~Copyable>(
    of mark: HeadMark, _ log: borrowing LogSnapshot<Snapshot>, _ meta: LogMeta
  ) throws -> Bool {
    guard mark.incarnation < meta.incarnation, let restored = try log.newestRestore() else {
      return false
    }
    return restored.incarnation == meta.incarnation
      && mark.position <= max(restored.backupHead, restored.lostTo ?? 0)
  }
}

extension LogSnapshot where Snapshot: ~Copyable {
  /// The newest `ledger.restored`; nil when there was no restore. Looks from the end: after a
  /// restore that was not completed nothing but its own events stands behind it.
  func newestRestore() throws -> LedgerRestored? {
    let cursor = try transaction.cursor(tables.events)
    while let row = try cursor.previous() {
      let record = try Record(row.value)
      guard record.header.type == EventType.ledgerRestored.rawValue else { continue }
      guard
        case .ledgerRestored(let body) = try record.decoded(at: row.number)
          .event
      else { return nil }
      return body
    }
    return nil
  }
}
