// Which command was answered under which idempotency key.

import LMDB
import Wire

/// Projection: idempotency key → first event of the group and the command's digest. A job's id
/// that is its own key has no row: the job's first event has the key.
struct Keys: Sendable {
  private var rows = ByteRows(.keys)

  struct Answered: Sendable, Equatable {
    /// First event of the group that answered.
    let position: Position
    let command: [UInt8]
  }

  mutating func apply(_ event: RecordedEvent) {
    guard let key = event.envelope.key, key.scope != CommandKey.newJob else { return }
    rows.put {
      $0.append(contentsOf: key.rowKey)
    } value: {
      $0.append(littleEndian: event.position)
      $0.append(contentsOf: key.command)
    }
  }

  mutating func answered<Source: RowSource & ~Copyable>(
    _ key: CommandKey, in source: borrowing Source
  ) throws(LMDBError) -> Answered? {
    try rows.row(key.rowKey, in: source) { bytes in
      Answered(
        position: bytes.field(at: 0), command: bytes.extracting(droppingFirst: 8).array)
    }
  }

  mutating func flush(
    into stored: borrowing StoredRows<WriteTransaction>, isNew: Bool
  ) throws(LMDBError) {
    try rows.flush(into: stored, isNew: isNew)
  }
}
