// Where a fold finds the rows it has not touched yet: in a views environment, or nowhere when it
// began at position 1.

import LMDB
import Wire

/// Stored rows under a fold.
protocol RowSource: ~Copyable {
  /// What `read` makes of the row's bytes; nil when there is no row.
  func row<Value>(
    _ table: ViewTable, _ key: RowKey, _ read: (RawSpan) -> Value
  ) throws(LMDBError) -> Value?

  /// Whether a table has no rows at all: then nothing needs to be looked up in it.
  func isEmpty(_ table: ViewTable) throws(LMDBError) -> Bool
}

/// A key of a view table.
enum RowKey: Sendable, Hashable {
  case number(UInt64)
  case bytes([UInt8])
}

/// No rows at all: the fold of a whole log from its beginning.
struct NoRows: RowSource {
  func row<Value>(_ table: ViewTable, _ key: RowKey, _ read: (RawSpan) -> Value) -> Value? { nil }

  func isEmpty(_ table: ViewTable) -> Bool { true }
}

/// The rows of a views environment under one transaction.
struct StoredRows<Snapshot: Transaction & ~Copyable>: ~Copyable, RowSource {
  let transaction: Snapshot
  let tables: ViewTables

  init(_ transaction: consuming Snapshot, _ tables: ViewTables) {
    self.transaction = transaction
    self.tables = tables
  }

  func row<Value>(
    _ table: ViewTable, _ key: RowKey, _ read: (RawSpan) -> Value
  ) throws(LMDBError) -> Value? {
    let bytes =
      switch key {
      case .number(let number): try transaction.value(tables[table], number)
      case .bytes(let key): try transaction.value(tables[table], key.bytes)
      }
    guard let bytes else { return nil }
    return read(bytes)
  }

  func isEmpty(_ table: ViewTable) throws(LMDBError) -> Bool {
    try transaction.count(tables[table]) == 0
  }
}

extension StoredRows where Snapshot == WriteTransaction {
  consuming func commit() throws(LMDBError) { try transaction.commit() }
}
