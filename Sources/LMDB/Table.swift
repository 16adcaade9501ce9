// A named table: its rows by key, in key order.

import CLMDB

/// A named table of an environment. Keys are bytes in bytewise order, or integers.
package struct Table: Sendable, Hashable {
  let handle: MDB_dbi
  package let name: String
  package let keys: Keys

  /// How a table's keys are compared.
  package enum Keys: Sendable, Hashable {
    /// Up to 511 bytes, bytewise.
    case bytes
    /// `UInt64` in native order (`MDB_INTEGERKEY`).
    case integers
  }

  /// Opens or creates a table.
  /// - Throws: `LMDBError`; damage when it is of another kind.
  package init(
    _ name: String, keys: Keys, in transaction: borrowing WriteTransaction
  ) throws(LMDBError) {
    let flags = UInt32(MDB_CREATE) | (keys == .integers ? UInt32(MDB_INTEGERKEY) : 0)
    try unsafe self.init(name, keys, transaction.handle, flags)
  }

  /// Opens a table that exists. The handle stays good after the transaction only if that commits:
  /// see `ReadTransaction.finish`.
  package init(
    _ name: String, keys: Keys, in transaction: borrowing ReadTransaction
  ) throws(LMDBError) {
    let flags: UInt32 = keys == .integers ? UInt32(MDB_INTEGERKEY) : 0
    try unsafe self.init(name, keys, transaction.handle, flags)
  }

  private init(
    _ name: String, _ keys: Keys, _ transaction: OpaquePointer, _ flags: UInt32
  ) throws(LMDBError) {
    var handle: MDB_dbi = 0
    try check(unsafe mdb_dbi_open(transaction, name, flags, &handle), "mdb_dbi_open")
    // LMDB goes by what the file says, and writes rows of that kind from then on.
    var stored: UInt32 = 0
    try check(unsafe mdb_dbi_flags(transaction, handle, &stored), "mdb_dbi_flags")
    guard stored == flags & ~UInt32(MDB_CREATE) else {
      throw LMDBError(code: MDB_INCOMPATIBLE, operation: "mdb_dbi_open \(name)")
    }
    self.handle = handle
    self.name = name
    self.keys = keys
  }
}
