// The log environment: opened once, read by many, appended to by one at a time.

import LMDB
import Posix
import Wire

/// The open log.
final class Log: Sendable {
  let environment: Environment
  let tables: LogTables

  /// Opens the log in `directory`, which must hold one.
  init(_ directory: String) throws {
    // A log is put in place whole (Books+Create): a short file was cut off later.
    try Log.checkMetaPages(directory + "/data.mdb")
    environment = try Environment(directory)
    let transaction = try environment.read()
    tables = try LogTables(in: transaction)
    try transaction.finish()
    try environment.clearDeadReaders()
  }

  func read() throws(LMDBError) -> LogSnapshot<ReadTransaction> {
    LogSnapshot(try environment.read(), tables)
  }

  func write() throws(LMDBError) -> LogSnapshot<WriteTransaction> {
    LogSnapshot(try environment.write(), tables)
  }

  /// Writes a log with its first tables into an empty directory and flushes it.
  static func create(
    _ directory: String, ledgerID: [UInt8], incarnation: UInt64 = 1
  ) throws -> Log {
    let environment = try Environment(directory)
    let transaction = try environment.write()
    let tables = try LogTables(in: transaction)
    var meta = LogMeta(ledgerID: ledgerID)
    meta.incarnation = incarnation
    let key = LogMeta.key
    try transaction.put(tables.meta, key.bytes, meta.encoded.bytes)
    let snapshot = LogSnapshot(transaction, tables)
    try snapshot.completeSchemas()
    try snapshot.commit()
    return Log(environment, tables)
  }

  private init(_ environment: Environment, _ tables: LogTables) {
    self.environment = environment
    self.tables = tables
  }

  /// The transaction ids in LMDB's two meta pages differ by one after the first commit. A flipped
  /// bit in the newer page makes LMDB fall back to the older one without a word, and this is how it
  /// shows. Layout from lmdb 0.9 (MDB_meta behind a 16-byte page header), 4 KiB pages.
  private static func checkMetaPages(_ path: String) throws {
    let file = try File(path, 0)
    // Two pages are not read at one moment: a commit in between is no damage.
    for _ in 0..<4 {
      let bytes = try file.read(count: 8192)
      guard bytes.count == 8192 else {
        throw BooksError.damaged("data.mdb is shorter than its two meta pages", position: nil)
      }
      let first: UInt64 = bytes.bytes.littleEndian(at: 144)
      let second: UInt64 = bytes.bytes.littleEndian(at: 4096 + 144)
      if first &- second == 1 || second &- first == 1 { return }
    }
    throw BooksError.damaged("LMDB's two meta pages do not follow one another", position: nil)
  }
}
