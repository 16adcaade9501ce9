// Single rows: get, put, append, delete.

import CLMDB

extension Transaction where Self: ~Copyable {
  /// The value of `key`; nil when there is none. Borrowed from the map: gone with the transaction.
  @_lifetime(borrow self)
  package func value(_ table: Table, _ key: RawSpan) throws(LMDBError) -> RawSpan? {
    var value = unsafe MDB_val()
    let code = unsafe key.withUnsafeBytes { buffer in
      var key = unsafe MDB_val(buffer)
      return unsafe mdb_get(handle, table.handle, &key, &value)
    }
    return try unsafe found(code, value)
  }

  /// The value of an integer key.
  @_lifetime(borrow self)
  package func value(_ table: Table, _ key: UInt64) throws(LMDBError) -> RawSpan? {
    var value = unsafe MDB_val()
    let code = unsafe withKey(key) { unsafe mdb_get(handle, table.handle, $0, &value) }
    return try unsafe found(code, value)
  }

  @_lifetime(borrow self)
  private func found(_ code: Int32, _ value: MDB_val) throws(LMDBError) -> RawSpan? {
    if code == MDB_NOTFOUND { return nil }
    try check(code, "mdb_get")
    let span = unsafe RawSpan(_unsafeStart: try value.start, byteCount: value.mv_size)
    return unsafe _overrideLifetime(span, borrowing: self)
  }

  /// How many rows a table holds.
  package func count(_ table: Table) throws(LMDBError) -> Int {
    var stat = MDB_stat()
    try check(unsafe mdb_stat(handle, table.handle, &stat), "mdb_stat")
    return stat.ms_entries
  }

  /// The transaction's id: of a snapshot, the id of the commit it sees.
  package var id: Int { unsafe mdb_txn_id(handle) }
}

extension WriteTransaction {
  /// Writes a row, over the old one if there is one.
  package func put(_ table: Table, _ key: RawSpan, _ value: RawSpan) throws(LMDBError) {
    try put(table, key, value, flags: 0)
  }

  package func put(_ table: Table, _ key: UInt64, _ value: RawSpan) throws(LMDBError) {
    try put(table, key, value, flags: 0)
  }

  /// Writes a row whose key is greater than every key in the table (`MDB_APPEND`): pages fill up
  /// and nothing is searched.
  /// - Throws: `LMDBError` with `MDB_KEYEXIST` when the key is not greater.
  package func append(_ table: Table, _ key: RawSpan, _ value: RawSpan) throws(LMDBError) {
    try put(table, key, value, flags: UInt32(MDB_APPEND))
  }

  package func append(_ table: Table, _ key: UInt64, _ value: RawSpan) throws(LMDBError) {
    try put(table, key, value, flags: UInt32(MDB_APPEND))
  }

  /// Deletes a row; false when there was none.
  @discardableResult
  package func delete(_ table: Table, _ key: RawSpan) throws(LMDBError) -> Bool {
    let code = unsafe key.withUnsafeBytes { buffer in
      var key = unsafe MDB_val(buffer)
      return unsafe mdb_del(handle, table.handle, &key, nil)
    }
    if code == MDB_NOTFOUND { return false }
    try check(code, "mdb_del")
    return true
  }

  private func put(
    _ table: Table, _ key: RawSpan, _ value: RawSpan, flags: UInt32
  ) throws(LMDBError) {
    let code = unsafe key.withUnsafeBytes { keyBytes in
      unsafe value.withUnsafeBytes { valueBytes in
        var key = unsafe MDB_val(keyBytes)
        var value = unsafe MDB_val(valueBytes)
        return unsafe mdb_put(handle, table.handle, &key, &value, flags)
      }
    }
    try check(code, "mdb_put")
  }

  private func put(
    _ table: Table, _ key: UInt64, _ value: RawSpan, flags: UInt32
  ) throws(LMDBError) {
    let code = unsafe value.withUnsafeBytes { valueBytes in
      var value = unsafe MDB_val(valueBytes)
      return unsafe withKey(key) { unsafe mdb_put(handle, table.handle, $0, &value, flags) }
    }
    try check(code, "mdb_put")
  }
}

extension MDB_val {
  /// LMDB reads through this and never writes: its `void *` is not const only for brevity.
  init(_ bytes: UnsafeRawBufferPointer) {
    unsafe self.init(
      mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
  }

  /// Where its bytes are.
  /// - Throws: `LMDBError` that is damage: a page that a bit made one of keys alone
  ///   (`MDB_DUPFIXED`) has no values.
  var start: UnsafeRawPointer {
    get throws(LMDBError) {
      guard let start = unsafe mv_data else { throw .damage("a page of rows has no values") }
      return UnsafeRawPointer(start)
    }
  }
}

/// Calls `body` with an integer key in the native order that `MDB_INTEGERKEY` compares.
func withKey(_ key: UInt64, _ body: (UnsafeMutablePointer<MDB_val>) -> Int32) -> Int32 {
  unsafe withUnsafeBytes(of: key) { bytes in
    var key = unsafe MDB_val(bytes)
    return unsafe body(&key)
  }
}
