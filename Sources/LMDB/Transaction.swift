// Reading and writing under one snapshot.

import CLMDB
import Glibc

/// What can be read from: a snapshot of an environment.
package protocol Transaction: ~Copyable {
  /// LMDB's own transaction.
  var handle: OpaquePointer { get }
}

/// A snapshot for reading. Ends when it goes out of scope.
@safe package struct ReadTransaction: ~Copyable, Transaction {
  package let handle: OpaquePointer
  private let environment: Environment
  private var isOpen = true

  init(handle: OpaquePointer, environment: Environment) {
    unsafe self.handle = handle
    self.environment = environment
  }

  deinit { if isOpen { unsafe mdb_txn_abort(handle) } }

  /// Ends the snapshot and keeps the tables opened in it (lmdb.h, `mdb_dbi_open`: a handle is
  /// private to its transaction until that is committed).
  package consuming func finish() throws(LMDBError) {
    isOpen = false
    try check(unsafe mdb_txn_commit(handle), "mdb_txn_commit")
  }
}

/// The one write transaction of an environment. Aborts when it goes out of scope uncommitted.
///
/// It must end on the thread that began it: committed on another, LMDB answers success and the next
/// `mdb_txn_begin` hangs for ever (measured). So a wrong thread is a crash here.
@safe package struct WriteTransaction: ~Copyable, Transaction {
  package let handle: OpaquePointer
  private let environment: Environment
  private let thread = pthread_self()
  private var isOpen = true

  init(handle: OpaquePointer, environment: Environment) {
    unsafe self.handle = handle
    self.environment = environment
  }

  deinit {
    guard isOpen else { return }
    checkThread()
    unsafe mdb_txn_abort(handle)
  }

  /// Number of this transaction: one more than that of the newest committed one that wrote
  /// anything (lmdb.h, `mdb_txn_id`), whichever process that was in.
  package var id: Int { unsafe mdb_txn_id(handle) }

  /// Makes all that was written visible, and durable unless the environment is unsynced.
  /// - Throws: `LMDBError`. After a failure the environment's state is unknown: after an fdatasync
  ///   error LMDB's *next* commit reports success (measured), so the caller must stop writing.
  @available(*, noasync)
  package consuming func commit() throws(LMDBError) {
    checkThread()
    isOpen = false
    try check(unsafe mdb_txn_commit(handle), "mdb_txn_commit")
  }

  private func checkThread() {
    precondition(
      pthread_equal(thread, pthread_self()) != 0, "a write transaction left its thread")
  }
}
