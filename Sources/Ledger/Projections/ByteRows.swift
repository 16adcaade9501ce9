// Rows with byte keys that are written once or replaced whole.

import LMDB
import Wire

/// Pending rows of one table over what is stored. They lie one behind the other in one array, and
/// are looked up by key only where somebody asks: a replay asks for next to none of them.
struct ByteRows: Sendable {
  private let table: ViewTable
  private var bytes: [UInt8] = []
  private var entries: [ByteEntry] = []
  private var index = ByteIndex()
  /// Whether nothing is stored; nil until somebody asks.
  private var isKnownEmpty: Bool?

  init(_ table: ViewTable) { self.table = table }

  mutating func row<Value, Source: RowSource & ~Copyable>(
    _ key: [UInt8], in source: borrowing Source, _ read: (RawSpan) -> Value
  ) throws(LMDBError) -> Value? {
    if let entry = index.newest(of: key, entries, bytes) {
      return entry.isDeleted ? nil : read(entry.value(in: bytes))
    }
    return try isStoredEmpty(in: source) ? nil : source.row(table, .bytes(key), read)
  }

  /// Whether there is nothing at all: a table of exceptions is empty most of the time, and then
  /// nobody needs to make up keys.
  mutating func isEmpty<Source: RowSource & ~Copyable>(
    in source: borrowing Source
  ) throws(LMDBError) -> Bool {
    guard entries.isEmpty else { return false }
    return try isStoredEmpty(in: source)
  }

  private mutating func isStoredEmpty<Source: RowSource & ~Copyable>(
    in source: borrowing Source
  ) throws(LMDBError) -> Bool {
    if let isKnownEmpty { return isKnownEmpty }
    let isEmpty = try source.isEmpty(table)
    isKnownEmpty = isEmpty
    return isEmpty
  }

  mutating func put(_ key: [UInt8], _ value: [UInt8]) {
    put {
      $0.append(contentsOf: key)
    } value: {
      $0.append(contentsOf: value)
    }
  }

  /// The same for a key and a value that append themselves.
  @inline(__always)
  mutating func put(_ key: (inout [UInt8]) -> Void, value: (inout [UInt8]) -> Void) {
    let start = bytes.count
    key(&bytes)
    let end = bytes.count
    value(&bytes)
    entries.append(ByteEntry(start: start, keyEnd: end, end: bytes.count, in: bytes))
  }

  mutating func delete(_ key: [UInt8]) {
    let start = bytes.count
    bytes.append(contentsOf: key)
    entries.append(ByteEntry(start: start, keyEnd: bytes.count, end: nil, in: bytes))
  }

  /// Writes what is pending, in key order; of several rows with one key the newest.
  mutating func flush(
    into rows: borrowing StoredRows<WriteTransaction>, isNew: Bool
  ) throws(LMDBError) {
    guard !entries.isEmpty else { return }
    let writer = try rows.transaction.writer(rows.tables[table], isNew: isNew)
    let bytes = bytes
    let sorted = entries.sorted { ByteEntry.precedes($0, $1, in: bytes) }
    for place in sorted.indices {
      let entry = sorted[place]
      if place + 1 < sorted.count, entry.hasKey(of: sorted[place + 1], in: bytes) { continue }
      if !entry.isDeleted {
        try writer.put(entry.key(in: bytes), entry.value(in: bytes))
      } else if !isNew {
        try writer.delete(entry.key(in: bytes))
      }
    }
    self.bytes.removeAll(keepingCapacity: true)
    entries.removeAll(keepingCapacity: true)
    index = ByteIndex()
    isKnownEmpty = nil
  }
}
