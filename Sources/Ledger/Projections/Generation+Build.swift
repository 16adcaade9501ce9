// Writing a fold as a generation: to serve from now on, or only to be looked at.

import Glibc
import LMDB
import Posix

extension Generation {
  /// A file system in memory that every Linux has (shm_overview(7)).
  private static let memory = "/dev/shm"
  /// Free bytes under which a write that failed for no reason was one that did not fit.
  private static let fullDiskBytes: UInt64 = 1 << 20

  /// Writes `fold` as a new generation beside the others; `publish` makes it the current one.
  /// - Throws: `BooksError.full` when there is no room; then nothing is left of it.
  static func build(_ fold: inout Fold, in home: Home) throws -> Generation {
    try FileSystem.makeDirectories(home.views)
    var number = (try numbers(in: home).last ?? 0) + 1
    while try !FileSystem.makeDirectory(home.generation(number)) { number += 1 }
    let directory = home.generation(number)
    do {
      let (environment, tables) = try write(&fold, to: directory)
      return Generation(
        number: number, environment, tables,
        pointer: try CurrentFile.text(of: home, generation: number))
    } catch {
      try? FileSystem.removeTree(directory)
      throw error
    }
  }

  /// Writes `fold` into memory, for this process alone: number 0, named by no CURRENT. Its files
  /// have no names any more, so it is gone with the last who has it open.
  static func buildInMemory(_ fold: inout Fold) throws -> Generation {
    let directory = try FileSystem.makeTemporaryDirectory(prefix: memory + "/ledger-views-")
    defer { try? FileSystem.removeTree(directory) }
    let (environment, tables) = try write(&fold, to: directory)
    return Generation(number: 0, environment, tables, pointer: [])
  }

  /// Writes `fold` to be compared with the serving views: beside them where there is room for it,
  /// else in memory, so that looking needs no room and takes none from who writes.
  static func buildApart(_ fold: inout Fold, from home: Home) throws -> Generation {
    let log = try FileSystem.status(home.logFile)?.size ?? 0
    guard try FileSystem.freeBytes(home.path) >= max(Books.diskFloor, UInt64(log)) else {
      return try buildInMemory(&fold)
    }
    let built = try build(&fold, in: home)
    try FileSystem.removeTree(home.generation(built.number))
    return built
  }

  private static func write(
    _ fold: inout Fold, to directory: String
  ) throws -> (Environment, ViewTables) {
    do throws(LMDBError) {
      let environment = try Environment(directory, options)
      let transaction = try environment.write()
      let tables = try ViewTables(in: transaction)
      let rows = StoredRows(transaction, tables)
      try fold.flush(into: rows, isNew: true)
      try rows.commit()
      try environment.flush()
      return (environment, tables)
    } catch {
      // A write that a full disk cuts short is EIO to LMDB (FAULTS, fact 4).
      let free = try FileSystem.freeBytes(directory)
      if error.code == EIO, free < fullDiskBytes {
        throw BooksError.full("\(free) bytes are free for \(directory)")
      }
      throw error
    }
  }
}
