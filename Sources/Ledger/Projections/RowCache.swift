// The rows a fold has touched: loaded once, changed where they lie, written back sorted.

import LMDB
import Wire

/// Rows of one table by number. What is not changed stays good for as long as nobody else writes
/// the table.
struct RowCache<Value: Row>: Sendable {
  private struct Entry: Sendable {
    let key: UInt64
    /// Blank while there is no such row.
    var value: Value
    var exists: Bool
    /// What the stored row is listed under; nil when nothing is stored.
    var listed: Value.Listed?
    var isChanged: Bool
  }

  /// A row's place in the cache; good as long as the cache is.
  struct Place: Sendable { fileprivate let index: Int }

  private let table: ViewTable
  private var entries: [Entry] = []
  /// Places of the changed entries, each once.
  private var changes: [Int] = []
  private var places = NumberIndex()

  init(_ table: ViewTable) { self.table = table }

  /// Where a row lies, fetched from `source` when it was not asked for before.
  mutating func place<Source: RowSource & ~Copyable>(
    of key: UInt64, in source: borrowing Source
  ) throws(LMDBError) -> Place {
    if let index = places.place(of: key) { return Place(index: index) }
    let stored = try source.row(table, .number(key)) { Value($0) }
    return add(key, stored, listed: stored?.listed, isChanged: false)
  }

  private mutating func add(
    _ key: UInt64, _ value: Value?, listed: Value.Listed?, isChanged: Bool
  ) -> Place {
    places.insert(key, at: entries.count)
    entries.append(
      Entry(
        key: key, value: value ?? Value(), exists: value != nil, listed: listed,
        isChanged: isChanged))
    if isChanged { changes.append(entries.count - 1) }
    return Place(index: entries.count - 1)
  }

  func exists(_ place: Place) -> Bool { entries[place.index].exists }

  /// The row as the fold has it, a blank one when there is none. What is changed through this
  /// exists from then on, and is written by `flush`.
  subscript(_ place: Place) -> Value {
    _read { yield entries[place.index].value }
    _modify {
      entries[place.index].exists = true
      if !entries[place.index].isChanged {
        entries[place.index].isChanged = true
        changes.append(place.index)
      }
      yield &entries[place.index].value
    }
  }

  /// The row as the fold has it; nil when there is none.
  mutating func row<Source: RowSource & ~Copyable>(
    _ key: UInt64, in source: borrowing Source
  ) throws(LMDBError) -> Value? {
    let place = try place(of: key, in: source)
    return exists(place) ? self[place] : nil
  }

  /// Sets the row; call `row` first, unless it is known that nothing is stored.
  mutating func set(_ key: UInt64, _ value: Value) {
    if let index = places.place(of: key) {
      self[Place(index: index)] = value
    } else {
      _ = add(key, value, listed: nil, isChanged: true)
    }
  }

  var count: Int { entries.count }

  /// Changed rows in key order, with what the stored ones are listed under.
  func forEachChange(_ body: (_ key: UInt64, _ old: Value.Listed?, _ new: Value) -> Void) {
    for index in sortedChanges {
      body(entries[index].key, entries[index].listed, entries[index].value)
    }
  }

  private var sortedChanges: [Int] { changes.sorted { entries[$0].key < entries[$1].key } }

  /// Writes the changed rows and takes them for stored from now on.
  mutating func flush(
    into rows: borrowing StoredRows<WriteTransaction>, isNew: Bool
  ) throws(LMDBError) {
    guard !changes.isEmpty else { return }
    var buffer: [UInt8] = []
    let writer = try rows.transaction.writer(rows.tables[table], isNew: isNew)
    for index in sortedChanges {
      buffer.removeAll(keepingCapacity: true)
      entries[index].value.encode(to: &buffer)
      try writer.put(entries[index].key, buffer.bytes)
      entries[index].listed = entries[index].value.listed
      entries[index].isChanged = false
    }
    changes.removeAll(keepingCapacity: true)
  }
}
