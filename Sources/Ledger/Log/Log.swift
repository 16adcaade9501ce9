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
    guard let file = try FileSystem.status(directory + "/data.mdb"), file.size > 0 else {
      throw BooksError.notInitialised(path: directory)
    }
    let metas = try Log.metaTransactions(directory + "/data.mdb")
    guard metas.0 == metas.1 || metas.0 == metas.1 + 1 || metas.1 == metas.0 + 1 else {
      throw BooksError.damaged("LMDB's two meta pages do not follow one another", position: nil)
    }
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
  static func create(_ directory: String, ledgerID: [UInt8]) throws -> Log {
    let environment = try Environment(directory)
    let transaction = try environment.write()
    let tables = try LogTables(in: transaction)
    let meta = LogMeta(ledgerID: ledgerID)
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

  /// The transaction ids in LMDB's two meta pages: after the first commit they differ by one. A
  /// flipped bit in the newer page makes LMDB fall back to the older one without a word, and this
  /// is how it shows. Layout from lmdb 0.9 (MDB_meta behind a 16-byte page header), 4 KiB pages.
  private static func metaTransactions(_ path: String) throws -> (UInt64, UInt64) {
    let file = try File(path, 0)
    for attempt in 0... {
      let bytes = try file.read(count: 8192)
      guard bytes.count == 8192 else {
        throw BooksError.damaged("data.mdb is shorter than its two meta pages", position: nil)
      }
      let (first, second): (UInt64, UInt64) = (
        bytes.bytes.littleEndian(at: 144), bytes.bytes.littleEndian(at: 4096 + 144)
      )
      // Two pages are not read at one moment: a commit in between is no damage.
      if first.distance(to: second).magnitude <= 1 || attempt == 3 { return (first, second) }
    }
    preconditionFailure("the loop returns")
  }
}
