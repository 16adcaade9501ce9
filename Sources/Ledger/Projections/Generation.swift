// One complete set of views in its own file. Unsynced: it survives any crash of a process, and
// after anything worse it is rebuilt from the log.

import LMDB
import Posix
import Wire

/// An open generation of the views.
final class Generation: Sendable {
  /// Version of rows and projections; another one means rebuild.
  static let format = 8

  /// 0 when it is this process's own, in memory.
  let number: UInt64
  var isInMemory: Bool { number == 0 }
  let environment: Environment
  let tables: ViewTables
  /// CURRENT's text when this generation was opened: another text means another generation.
  let pointer: [UInt8]

  init(
    number: UInt64, _ environment: Environment, _ tables: ViewTables, pointer: [UInt8]
  ) {
    self.number = number
    self.environment = environment
    self.tables = tables
    self.pointer = pointer
  }

  func read() throws(LMDBError) -> Views<StoredRows<ReadTransaction>> {
    try Views(StoredRows(try environment.read(), tables))
  }

  func write() throws(LMDBError) -> Views<StoredRows<WriteTransaction>> {
    try Views(try rows())
  }

  /// The rows alone, for whoever has their fold.
  func rows() throws(LMDBError) -> StoredRows<WriteTransaction> {
    StoredRows(try environment.write(), tables)
  }

  /// True when the views are of this log: not ahead of it, and the same chain up to where they are.
  /// Anything else means rebuild.
  func follows<Snapshot: Transaction & ~Copyable>(
    from log: borrowing LogSnapshot<Snapshot>
  ) throws -> Bool {
    let views = try read()
    return try views.position == 0 || log.hash(at: views.position) == views.hash
  }

  /// Opens the generation that CURRENT names.
  /// - Returns: nil when there is none to trust: no pointer, another boot (unsynced pages
  ///   may be lost), another file than the one pointed at, another format.
  static func current(of home: Home) throws -> Generation? {
    guard let text = try FileSystem.read(home.current, limit: 4096),
      let pointer = try? JSON(parsing: text),
      let number = pointer["generation"]?.int.flatMap(UInt64.init(exactly:))
    else { return nil }
    let directory = home.generation(number)
    guard try text == CurrentFile.text(of: home, generation: number),
      FileSystem.exists(directory + "/data.mdb")
    else { return nil }
    do throws(LMDBError) {
      var options = options
      options.isBegun = true
      let environment = try Environment(directory, options)
      let transaction = try environment.read()
      let tables = try ViewTables(in: transaction)
      try transaction.finish()
      try environment.clearDeadReaders()
      let generation = Generation(number: number, environment, tables, pointer: text)
      // Whatever is published has folded the first event at least: a page is gone.
      return try generation.read().position > 0 ? generation : nil
    } catch {
      // Removed while it was being opened, or not what LMDB wrote: it is only a cache.
      if error.isMissing || error.isDamage { return nil }
      throw error
    }
  }

  /// Makes this the generation that every process opens from now on, and removes the older ones:
  /// who has one open keeps its pages until it looks at CURRENT again. Under LOCK.
  func publish(in home: Home) throws {
    try FileSystem.replace(home.current, with: pointer)
    for other in try Generation.numbers(in: home) where other < number {
      try FileSystem.removeTree(home.generation(other))
    }
  }

  static var options: Environment.Options {
    var options = Environment.Options()
    options.isSynced = false
    return options
  }

  static func numbers(in home: Home) throws -> [UInt64] {
    try FileSystem.list(home.views).compactMap { UInt64($0) }.sorted()
  }
}

/// The file CURRENT: which generation serves, and what must be unchanged for it to be trusted.
enum CurrentFile {
  static func text(of home: Home, generation: UInt64) throws -> [UInt8] {
    let log = try FileSystem.status(home.logFile)
    let views = try FileSystem.status(home.generation(generation) + "/data.mdb")
    let text: JSON = [
      "generation": .int(generation), "boot": .string(try Clock.bootID()),
      "log": .string("\(log?.device ?? 0):\(log?.inode ?? 0)"),
      "views": .string("\(views?.device ?? 0):\(views?.inode ?? 0)"),
      "format": .int(Generation.format),
    ]
    return text.bytes
  }
}
