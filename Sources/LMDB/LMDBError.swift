// LMDB's return codes, sorted by what a caller can do about them.

import CLMDB
import Glibc

/// A failed LMDB call.
package struct LMDBError: Error, Equatable, CustomStringConvertible {
  /// LMDB's own code (negative, lmdb.h "Return Codes") or an `errno`; 0: we saw what LMDB would
  /// have believed.
  package let code: Int32
  /// The function that returned it; with code 0 what is wrong.
  package let operation: String

  package var description: String {
    code == 0 ? operation : "\(operation): \(unsafe String(cString: mdb_strerror(code)))"
  }

  /// Damage that was seen before LMDB looked.
  static func damage(_ what: String) -> LMDBError { LMDBError(code: 0, operation: what) }

  /// The file is not what LMDB wrote: a page of the wrong type, no meta page, another version, a
  /// table that is not there or is of another kind.
  package var isDamage: Bool {
    // A write asks for as much memory as a list of free pages says it is long (midl.c).
    if code == ENOMEM { return LMDBError.writes.contains(operation) }
    return [
      0, MDB_CORRUPTED, MDB_PAGE_NOTFOUND, MDB_INVALID, MDB_VERSION_MISMATCH, MDB_BAD_TXN,
      MDB_PANIC,
      MDB_NOTFOUND, MDB_INCOMPATIBLE, MDB_BAD_VALSIZE, MDB_CURSOR_FULL,
    ].contains(code)
  }

  private static let writes = [
    "mdb_put", "mdb_del", "mdb_cursor_put", "mdb_cursor_del", "mdb_txn_commit",
  ]

  /// No room: the map's size or the file system is used up. Nothing was written.
  package var isFull: Bool { code == MDB_MAP_FULL || code == ENOSPC }

  /// The file or the named table does not exist.
  package var isMissing: Bool { code == ENOENT || code == MDB_NOTFOUND }

  /// The lock file cannot be used: no permission, read-only file system, or readers of another
  /// PID namespace.
  package var isDenied: Bool { [EACCES, EROFS, EPERM, EAGAIN].contains(code) }
}

/// Throws unless `code` is `MDB_SUCCESS`.
func check(_ code: Int32, _ operation: StaticString) throws(LMDBError) {
  guard code == MDB_SUCCESS else { throw LMDBError(code: code, operation: "\(operation)") }
}
