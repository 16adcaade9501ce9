// The rows a fold has touched: loaded once, changed in memory, written back sorted.

import LMDB
import Wire

/// Rows of one table by number.
struct RowCache<Value: Row>: Sendable {
  private struct Entry {
    /// As stored; nil when there is no such row yet.
    var stored: Value?
    var current: Value?
  }

  private let table: ViewTable
  private var entries: [UInt64: Entry] = [:]

  init(_ table: ViewTable) { self.table = table }

  /// The row as the fold has it; nil when there is none.
  mutating func row<Source: RowSource & ~Copyable>(
    _ key: UInt64, in source: borrowing Source
  ) throws(LMDBError) -> Value? {
    if let entry = entries[key] { return entry.current }
    let stored = try source.row(table, .number(key)) { Value($0) }
    entries[key] = Entry(stored: stored, current: stored)
    return stored
  }

  /// Sets the row; call `row` first, so that what is stored is known.
  mutating func set(_ key: UInt64, _ value: Value) {
    if entries[key] == nil {
      entries[key] = Entry(stored: nil, current: value)
    } else {
      entries[key]!.current = value
    }
  }

  /// Changed rows in key order, with what is stored.
  var changes: [(key: UInt64, old: Value?, new: Value)] {
    entries.compactMap { key, entry in
      guard let current = entry.current, current != entry.stored else { return nil }
      return (key, entry.stored, current)
    }.sorted { $0.key < $1.key }
  }

  /// Writes the changed rows and takes them for stored from now on.
  mutating func flush(
    into rows: borrowing StoredRows<WriteTransaction>, isNew: Bool
  ) throws(LMDBError) {
    var buffer: [UInt8] = []
    for change in changes {
      buffer.removeAll(keepingCapacity: true)
      change.new.encode(to: &buffer)
      if isNew {
        try rows.transaction.append(rows.tables[table], change.key, buffer.bytes)
      } else {
        try rows.transaction.put(rows.tables[table], change.key, buffer.bytes)
      }
      entries[change.key]!.stored = change.new
    }
  }
}
