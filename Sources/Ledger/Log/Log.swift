// The log environment: opened once, read by many, appended to by one at a time.

import Glibc
import LMDB
import Posix
import Wire

/// The open log.
final class Log: Sendable {
  let environment: Environment
  let tables: LogTables
  /// As it was when the log was opened; changed only by a restore, which puts another log in place.
  let meta: LogMeta
  /// Device and inode of the data file that is open.
  private let file: FileStatus?

  /// Opens the log in `directory`, which must hold one.
  init(_ directory: String, isReadOnly: Bool = false) throws {
    // An erasure or a restore may put another log in place at this very moment. LMDB opens two
    // files by name, and both must be of the same log: so by way of the one directory.
    let place = try File(directory, O_RDONLY | O_DIRECTORY)
    let path = "/proc/self/fd/\(place.descriptor)"
    var options = Environment.Options()
    options.isReadOnly = isReadOnly
    // A log is put in place whole (Books+Create): a short file was cut off later.
    options.isBegun = true
    environment = try Environment(path, options)
    file = try FileSystem.status(path + "/data.mdb")
    _ = consume place
    let transaction = try environment.read()
    tables = try LogTables(in: transaction)
    try transaction.finish()
    if !isReadOnly { try environment.clearDeadReaders() }
    meta = try LogSnapshot(environment.read(), tables).meta()
  }

  /// False when another log was put in this one's place: by an erasure, by a restore. The open file
  /// keeps its inode from being given away, so equal means the same.
  func isInPlace(_ home: Home) throws -> Bool {
    let status = try FileSystem.status(home.logFile)
    return status?.inode == file?.inode && status?.device == file?.device
  }

  /// What HEAD is to say when the log has reached `position`.
  func mark(_ position: Position, _ hash: Digest) -> HeadMark {
    HeadMark(
      ledgerID: meta.ledgerID, incarnation: meta.incarnation, position: position, hash: hash)
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
    return Log(environment, tables, meta, try FileSystem.status(directory + "/data.mdb"))
  }

  private init(
    _ environment: Environment, _ tables: LogTables, _ meta: LogMeta, _ file: FileStatus?
  ) {
    self.environment = environment
    self.tables = tables
    self.meta = meta
    self.file = file
  }
}
