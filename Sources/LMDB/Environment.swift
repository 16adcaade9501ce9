// One LMDB file: opened once per process, shared by every process on the machine.

import CLMDB
import Glibc

/// An open LMDB environment (a directory with `data.mdb` and `lock.mdb`).
///
/// `@unchecked Sendable`: an `MDB_env` may be used by all threads of the process that opened it
/// (lmdb.h, `mdb_env_open`); `handle` never changes after `init`.
@safe package final class Environment: @unchecked Sendable {
  /// How an environment is opened.
  package struct Options: Sendable {
    /// Largest size the file can grow to, bytes; address space, not disk (lmdb.h,
    /// `mdb_env_set_mapsize`). Fixed and large, for a map cannot grow while others use it.
    package var mapSize = 64 << 30
    /// Read transactions open at the same time, over all processes.
    package var readers: UInt32 = 256
    /// Named tables.
    package var tables: UInt32 = 24
    package var isReadOnly = false
    /// False only for what can be rebuilt: a commit then returns before the disk has it
    /// (`MDB_NOSYNC`).
    package var isSynced = true
    /// Somebody has committed to it: its two meta pages are there and follow one another.
    package var isBegun = false
    package init() {}
  }

  let handle: OpaquePointer
  /// The directory.
  package let path: String
  package let options: Options

  /// Opens the environment in directory `path`, which must exist.
  /// - Throws: `LMDBError`; `isMissing` when a read-only open finds no file.
  @available(*, noasync)
  package init(_ path: String, _ options: Options = Options()) throws(LMDBError) {
    var handle: OpaquePointer?
    try check(unsafe mdb_env_create(&handle), "mdb_env_create")
    guard let handle = unsafe handle else {
      throw LMDBError(code: ENOMEM, operation: "mdb_env_create")
    }
    unsafe self.handle = handle
    self.path = path
    self.options = options
    // Every property is set, so from here on a throw runs `deinit`, which closes the handle.
    try check(unsafe mdb_env_set_mapsize(handle, options.mapSize), "mdb_env_set_mapsize")
    try check(unsafe mdb_env_set_maxreaders(handle, options.readers), "mdb_env_set_maxreaders")
    try check(unsafe mdb_env_set_maxdbs(handle, options.tables), "mdb_env_set_maxdbs")
    // MDB_NOTLS: a read transaction belongs to its object, not to the thread that began it.
    var flags = UInt32(MDB_NOTLS)
    if options.isReadOnly { flags |= UInt32(MDB_RDONLY) }
    if !options.isSynced { flags |= UInt32(MDB_NOSYNC) }
    try Environment.checkMetaPages(path + "/data.mdb", options)
    try Environment.reserveLock(path, readers: options.readers)
    try check(unsafe mdb_env_open(handle, path, flags, 0o644), "mdb_env_open")
  }

  deinit { unsafe mdb_env_close(handle) }

  /// Refuses a file whose two meta pages say what LMDB believes without a look and we never write.
  /// Their transactions differ by one after the first commit: a flipped bit in the newer page makes
  /// LMDB fall back to the older one without a word, and this is how it shows.
  /// - Throws: `LMDBError` that is damage.
  private static func checkMetaPages(_ path: String, _ options: Options) throws(LMDBError) {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      // LMDB would make what is not there.
      if options.isBegun { throw LMDBError(code: errno, operation: "open") }
      return
    }
    defer { close(file) }
    // A file that is new is LMDB's to make.
    if !options.isBegun, lseek(file, 0, SEEK_END) == 0 { return }
    let pageLimit = options.mapSize / Page.byteCount
    do throws(PageFault) {
      // Two pages are not read at one moment: a commit in between is no damage.
      for _ in 0..<4 {
        let (one, other) = (try Page(0, in: file), try Page(1, in: file))
        try one.checkMeta(pageLimit: pageLimit)
        try other.checkMeta(pageLimit: pageLimit)
        let (before, after) = (try one.transaction, try other.transaction)
        if !options.isBegun || before &- after == 1 || after &- before == 1 { return }
      }
      throw PageFault("the two meta pages do not follow one another")
    } catch {
      throw .damage("data.mdb: \(error.reason)")
    }
  }

  /// Gives the lock file its blocks while there is room. LMDB makes it sparse and maps it, so on a
  /// full disk whoever touches a slot first dies of SIGBUS (measured on tmpfs and ext4).
  /// - Throws: `LMDBError` that is `isFull` when there is no room for it.
  private static func reserveLock(_ path: String, readers: UInt32) throws(LMDBError) {
    // lmdb.h has no size for these: 64 bytes a slot, and two cache lines before them.
    let bytes = off_t(64 * (readers + 2))
    // A place where it cannot be written has readers only, and LMDB says what it thinks of that.
    let file = unsafe open(path + "/lock.mdb", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard file >= 0 else { return }
    defer { close(file) }
    var status = stat()
    guard unsafe fstat(file, &status) == 0, off_t(status.st_blocks) * 512 < bytes else { return }
    guard posix_fallocate(file, 0, bytes) != ENOSPC else {
      throw LMDBError(code: ENOSPC, operation: "posix_fallocate")
    }
  }

  /// Begins reading the state as of now. Keep it short: it pins every page it can see.
  @available(*, noasync)
  package func read() throws(LMDBError) -> ReadTransaction {
    try unsafe ReadTransaction(handle: begin(UInt32(MDB_RDONLY)), environment: self)
  }

  /// Begins writing; waits for the writer of any other process.
  @available(*, noasync)
  package func write() throws(LMDBError) -> WriteTransaction {
    try unsafe WriteTransaction(handle: begin(0), environment: self)
  }

  private func begin(_ flags: UInt32) throws(LMDBError) -> OpaquePointer {
    var transaction: OpaquePointer?
    let code = unsafe mdb_txn_begin(handle, nil, flags, &transaction)
    guard code == MDB_SUCCESS, let transaction = unsafe transaction else {
      throw LMDBError(code: code, operation: "mdb_txn_begin")
    }
    return unsafe transaction
  }

  /// Flushes an unsynced environment to the disk.
  package func flush() throws(LMDBError) {
    try check(unsafe mdb_env_sync(handle, 1), "mdb_env_sync")
  }

  /// Frees the slots of readers whose process is gone; a killed reader pins pages until then.
  /// - Returns: how many were freed.
  @discardableResult
  package func clearDeadReaders() throws(LMDBError) -> Int {
    var dead: Int32 = 0
    try check(unsafe mdb_reader_check(handle, &dead), "mdb_reader_check")
    return Int(dead)
  }

  /// Bytes of the file's pages in use, the last transaction's id, readers' slots used.
  package func info() throws(LMDBError) -> (usedBytes: Int, lastTransaction: Int, readers: Int) {
    var info = unsafe MDB_envinfo()
    try check(unsafe mdb_env_info(handle, &info), "mdb_env_info")
    var stat = MDB_stat()
    try check(unsafe mdb_env_stat(handle, &stat), "mdb_env_stat")
    return unsafe (
      (info.me_last_pgno + 1) * Int(stat.ms_psize), info.me_last_txnid, Int(info.me_numreaders)
    )
  }
}
