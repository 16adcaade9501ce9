// A file of LMDB's as it lies on the disk, for tests that spoil it. Layout: lmdb 0.9, mdb.c.

import Glibc
import Posix
import Testing
import Wire

/// The bytes of a data file, and where in them things are.
package struct DataFile {
  private let path: String
  package let bytes: [UInt8]

  package init(_ path: String) throws {
    self.path = path
    bytes = try #require(try FileSystem.read(path, limit: 1 << 28))
  }

  /// 64 bits at an offset.
  package func word(_ offset: Int) -> Int {
    Int(truncatingIfNeeded: bytes.bytes.littleEndian(UInt64.self, at: offset))
  }

  /// The offset of the newer meta page.
  package var newest: Int {
    word(DataFile.transaction) > word(4096 + DataFile.transaction) ? 0 : 4096
  }

  /// Where a meta page says how long pages are, what kind of table that of the free pages is, which
  /// page is the last in use, and which transaction wrote it.
  package static let (pageSize, freeFlags, lastPage, transaction) = (40, 44, 136, 144)

  /// The offset of the root of the table of free pages, and of the table of tables.
  package var roots: (free: Int, tables: Int) {
    (word(newest + 80) * 4096, word(newest + 128) * 4096)
  }

  /// The offset of the first list of free pages: its length, then their numbers. Before it lie 8
  /// bytes of node and the 8 of its commit.
  package var freeList: Int {
    let leaf = roots.free
    return leaf + Int(bytes[leaf + 16]) + Int(bytes[leaf + 17]) << 8 + 16
  }

  /// The offset of a named table's flags, behind its name among the tables.
  package func flags(of table: String) throws -> Int {
    let name = Array(table.utf8)
    let page = roots.tables..<roots.tables + 4096
    return try #require(places(of: name).first { page.contains($0) }) + name.count + 4
  }

  /// The offsets of these bytes, wherever they lie.
  package func places(of wanted: [UInt8]) -> [Int] {
    bytes.indices.filter {
      bytes[$0] == wanted.first && bytes[$0...].starts(with: wanted)
    }
  }

  /// Writes into the file what `change` makes of its bytes; the inode stays.
  package func spoil(_ change: (inout [UInt8]) -> Void) throws {
    var spoiled = bytes
    change(&spoiled)
    try File(path, O_RDWR).write(spoiled, at: 0)
  }
}
