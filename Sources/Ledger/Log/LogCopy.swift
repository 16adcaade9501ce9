// A log copied row by row into a new file: what was erased, and what LMDB keeps in free pages of
// the old one, is not in it.

import LMDB
import Wire

extension Log {
  /// Bytes written between two commits of a copy: what LMDB then holds in memory.
  private static var copyBytes: Int { 32 << 20 }

  /// Copies what `source` sees into an empty directory and flushes it.
  /// - Parameters:
  ///   - erased: ordinals of blobs whose rows are emptied.
  ///   - incarnation: of the copy; nil: as it is.
  static func copy(
    _ source: borrowing LogSnapshot<ReadTransaction>, into directory: String,
    erasing erased: Set<UInt64> = [], incarnation: UInt64? = nil
  ) throws {
    var options = Environment.Options()
    options.isSynced = false  // flushed once, at the end
    let environment = try Environment(directory, options)
    let first = try environment.write()
    let tables = try LogTables(in: first)
    let about = try source.transaction.cursor(source.tables.meta)
    while let row = try about.next() { try first.put(tables.meta, row.key, row.value) }
    var meta = try source.meta()
    meta.incarnation = incarnation ?? meta.incarnation
    let (key, row) = (LogMeta.key, meta.encoded)
    try first.put(tables.meta, key.bytes, row.bytes)
    let schemas = try source.transaction.cursor(source.tables.schemas)
    while let row = try schemas.next() { try first.put(tables.schemas, row.key, row.value) }
    try first.commit()
    try copy(source.tables.events, of: source, to: tables.events, in: environment, erasing: [])
    try copy(source.tables.blobs, of: source, to: tables.blobs, in: environment, erasing: erased)
    try environment.flush()
  }

  /// One table with integer keys, in commits of bounded size.
  private static func copy(
    _ from: Table, of source: borrowing LogSnapshot<ReadTransaction>, to: Table,
    in environment: Environment, erasing erased: Set<UInt64>
  ) throws {
    let empty: [UInt8] = []
    let cursor = try source.transaction.cursor(from)
    var isAtEnd = false
    while !isAtEnd {
      let target = try environment.write()
      var written = 0
      while written < copyBytes {
        guard let row = try cursor.next() else {
          isAtEnd = true
          break
        }
        let number = try row.number
        if erased.contains(number) {
          try target.append(to, number, empty.bytes)
        } else {
          try target.append(to, number, row.value)
        }
        written += row.value.byteCount + 64
      }
      try target.commit()
    }
  }
}
