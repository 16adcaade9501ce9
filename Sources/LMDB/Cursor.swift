// Walking a table in key order.

import CLMDB

/// A row met by a cursor; borrowed from the map.
package struct Row: ~Escapable {
  package let key: RawSpan
  package let value: RawSpan

  /// The key of a table of integer keys.
  /// - Throws: `LMDBError` that is damage: a spoiled page can hold a key of any length.
  package var number: UInt64 {
    get throws(LMDBError) {
      guard key.byteCount == MemoryLayout<UInt64>.size else {
        throw LMDBError(code: MDB_BAD_VALSIZE, operation: "mdb_cursor_get")
      }
      return unsafe key.unsafeLoadUnaligned(as: UInt64.self)
    }
  }

  @_lifetime(copy key, copy value)
  init(key: RawSpan, value: RawSpan) {
    self.key = key
    self.value = value
  }
}

/// A place in a table that moves from row to row. Iterate with `while let row = try cursor.next()`.
@safe package struct Cursor: ~Copyable, ~Escapable {
  private let handle: OpaquePointer

  @_lifetime(borrow transaction)
  init<T: Transaction & ~Copyable>(
    _ table: Table, in transaction: borrowing T
  ) throws(LMDBError) {
    unsafe handle = try Cursor.open(table, in: transaction)
  }

  /// The library's cursor, which whoever asked for it closes.
  static func open<T: Transaction & ~Copyable>(
    _ table: Table, in transaction: borrowing T
  ) throws(LMDBError) -> OpaquePointer {
    var cursor: OpaquePointer?
    let code = unsafe mdb_cursor_open(transaction.handle, table.handle, &cursor)
    guard code == MDB_SUCCESS, let cursor = unsafe cursor else {
      throw LMDBError(code: code, operation: "mdb_cursor_open")
    }
    return unsafe cursor
  }

  deinit { unsafe mdb_cursor_close(handle) }

  /// The next row; the first one on a new cursor; nil after the last.
  @_lifetime(copy self)
  package func next() throws(LMDBError) -> Row? { try move(MDB_NEXT) }

  @_lifetime(copy self)
  package func previous() throws(LMDBError) -> Row? { try move(MDB_PREV) }

  @_lifetime(copy self)
  package func first() throws(LMDBError) -> Row? { try move(MDB_FIRST) }

  @_lifetime(copy self)
  package func last() throws(LMDBError) -> Row? { try move(MDB_LAST) }

  /// The first row whose key is `key` or greater.
  @_lifetime(copy self)
  package func seek(_ key: RawSpan) throws(LMDBError) -> Row? {
    var value = unsafe MDB_val()
    var found = unsafe MDB_val()
    let code = unsafe key.withUnsafeBytes { bytes in
      unsafe found = MDB_val(bytes)
      return unsafe mdb_cursor_get(handle, &found, &value, MDB_SET_RANGE)
    }
    return try unsafe row(code, found, value)
  }

  /// The first row whose integer key is `key` or greater.
  @_lifetime(copy self)
  package func seek(_ key: UInt64) throws(LMDBError) -> Row? {
    var value = unsafe MDB_val()
    var found = unsafe MDB_val()
    let code = unsafe withKey(key) { pointer in
      let code = unsafe mdb_cursor_get(handle, pointer, &value, MDB_SET_RANGE)
      unsafe found = pointer.pointee
      return code
    }
    return try unsafe row(code, found, value)
  }

  @_lifetime(copy self)
  private func move(_ operation: MDB_cursor_op) throws(LMDBError) -> Row? {
    var key = unsafe MDB_val()
    var value = unsafe MDB_val()
    return try unsafe row(mdb_cursor_get(handle, &key, &value, operation), key, value)
  }

  @_lifetime(copy self)
  private func row(
    _ code: Int32, _ key: MDB_val, _ value: MDB_val
  ) throws(LMDBError) -> Row? {
    if code == MDB_NOTFOUND { return nil }
    try check(code, "mdb_cursor_get")
    let row = unsafe Row(
      key: RawSpan(_unsafeStart: try key.start, byteCount: key.mv_size),
      value: RawSpan(_unsafeStart: try value.start, byteCount: value.mv_size))
    return unsafe _overrideLifetime(row, copying: self)
  }
}

extension Transaction where Self: ~Copyable {
  /// A cursor over `table`, before its first row.
  @_lifetime(borrow self)
  package func cursor(_ table: Table) throws(LMDBError) -> Cursor { try Cursor(table, in: self) }
}
