// Rows with byte keys that are written once or replaced whole.

import LMDB
import Wire

/// Pending rows of one table over what is stored.
struct ByteRows: Sendable {
  private let table: ViewTable
  /// nil: to be deleted.
  private var pending: [[UInt8]: [UInt8]?] = [:]

  init(_ table: ViewTable) { self.table = table }

  func row<Value, Source: RowSource & ~Copyable>(
    _ key: [UInt8], in source: borrowing Source, _ read: (RawSpan) -> Value
  ) throws(LMDBError) -> Value? {
    if let row = pending[key] { return row.map { read($0.bytes) } }
    return try source.row(table, .bytes(key), read)
  }

  mutating func put(_ key: [UInt8], _ value: [UInt8]) { pending[key] = .some(value) }

  mutating func delete(_ key: [UInt8]) { pending[key] = .some(nil) }

  mutating func flush(
    into rows: borrowing StoredRows<WriteTransaction>, isNew: Bool
  ) throws(LMDBError) {
    let handle = rows.tables[table]
    for (key, value) in pending.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      guard let value else {
        if !isNew { try rows.transaction.delete(handle, key.bytes) }
        continue
      }
      if isNew {
        try rows.transaction.append(handle, key.bytes, value.bytes)
      } else {
        try rows.transaction.put(handle, key.bytes, value.bytes)
      }
    }
    pending.removeAll(keepingCapacity: true)
  }
}
