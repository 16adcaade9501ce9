// Many rows of one table in key order: a cursor that stays where it wrote last finds the next place
// on the page it has before it looks from the root again.

import CLMDB

/// Writes rows of one table. Give keys in rising order; between tables use one writer each.
@safe package struct TableWriter: ~Copyable, ~Escapable {
  private let handle: OpaquePointer
  private let flags: UInt32

  @_lifetime(borrow transaction)
  init(
    _ table: Table, isNew: Bool, in transaction: borrowing WriteTransaction
  ) throws(LMDBError) {
    unsafe handle = try Cursor.open(table, in: transaction)
    flags = isNew ? UInt32(MDB_APPEND) : 0
  }

  // A writer cannot outlive its transaction, so LMDB has not closed the cursor yet (lmdb.h,
  // `mdb_cursor_close`).
  deinit { unsafe mdb_cursor_close(handle) }

  package func put(_ key: RawSpan, _ value: RawSpan) throws(LMDBError) {
    let code = unsafe key.withUnsafeBytes { keyBytes in
      unsafe value.withUnsafeBytes { valueBytes in
        var key = unsafe MDB_val(keyBytes)
        var value = unsafe MDB_val(valueBytes)
        return unsafe mdb_cursor_put(handle, &key, &value, flags)
      }
    }
    try check(code, "mdb_cursor_put")
  }

  package func put(_ key: UInt64, _ value: RawSpan) throws(LMDBError) {
    let code = unsafe value.withUnsafeBytes { valueBytes in
      var value = unsafe MDB_val(valueBytes)
      return unsafe withKey(key) { unsafe mdb_cursor_put(handle, $0, &value, flags) }
    }
    try check(code, "mdb_cursor_put")
  }

  /// Deletes a row if there is one.
  package func delete(_ key: RawSpan) throws(LMDBError) {
    let code = unsafe key.withUnsafeBytes { bytes in
      var key = unsafe MDB_val(bytes)
      return unsafe mdb_cursor_get(handle, &key, nil, MDB_SET)
    }
    if code == MDB_NOTFOUND { return }
    try check(code, "mdb_cursor_get")
    try check(unsafe mdb_cursor_del(handle, 0), "mdb_cursor_del")
  }
}

extension WriteTransaction {
  /// A writer of `table`.
  /// - Parameter isNew: every key is greater than all in the table (`MDB_APPEND`): pages fill up
  ///   and nothing is searched; a key that is not greater is an error (`MDB_KEYEXIST`).
  @_lifetime(borrow self)
  package func writer(_ table: Table, isNew: Bool = false) throws(LMDBError) -> TableWriter {
    try TableWriter(table, isNew: isNew, in: self)
  }
}
