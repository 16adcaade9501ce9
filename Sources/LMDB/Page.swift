// A page as it lies in the file. Layout of lmdb 0.9 on a machine of 64 bits, pages of 4 KiB: mdb.c,
// MDB_page, MDB_node, MDB_db, MDB_meta. Nothing in it is believed.

import CLMDB
import Glibc

/// Something in a file of pages that LMDB does not write.
struct PageFault: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}

/// Bytes of one page, or of the pages of one long value.
struct Page {
  static let byteCount = 4096
  static let headerBytes = 16
  /// The root of an empty tree.
  static let none = UInt64.max

  /// What a leaf's node holds.
  enum NodeKind { case plain, elsewhere, table }

  let bytes: [UInt8]
  private let name: UInt64

  /// - Parameter count: pages to read, one after the other.
  init(_ number: UInt64, in file: CInt, count: Int = 1) throws(PageFault) {
    guard number < 1 << 40 else { throw PageFault("there is no page \(number)") }
    let (size, offset) = (count * Page.byteCount, off_t(number) * off_t(Page.byteCount))
    bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
      filled = max(0, unsafe pread(file, buffer.baseAddress, size, offset))
    }
    name = number
    guard bytes.count == size else { throw PageFault("page \(number) cannot be read whole") }
    guard try self.number(0) == number else {
      throw PageFault("page \(number) says that it is another")
    }
  }

  private func half(_ offset: Int) throws(PageFault) -> UInt16 {
    UInt16(truncatingIfNeeded: try integer(offset, 2))
  }

  /// 64 bits at an offset.
  func number(_ offset: Int) throws(PageFault) -> UInt64 { try integer(offset, 8) }

  private func integer(_ offset: Int, _ width: Int) throws(PageFault) -> UInt64 {
    guard offset >= 0, offset + width <= bytes.count else {
      throw PageFault("page \(name) points past its end")
    }
    return (0..<width).reversed().reduce(0) { $0 << 8 | UInt64(bytes[offset + $1]) }
  }

  // A meta page.
  /// Where it describes the table of free pages, and the table of tables.
  static let (freeTable, mainTable) = (40, 88)
  var lastPage: UInt64 { get throws(PageFault) { try number(136) } }
  var transaction: UInt64 { get throws(PageFault) { try number(144) } }

  /// What LMDB believes of a meta page without a look: it divides by the size of a page, walks the
  /// table of free pages by its flags, and makes the map as large as the last page wants it
  /// (mdb.c, `mdb_env_read_header`, `mdb_env_open2`).
  func checkMeta(pageLimit: Int) throws(PageFault) {
    let (size, last) = (try integer(Page.freeTable, 4), try lastPage)
    guard size == Page.byteCount else { throw PageFault("page \(name): pages of \(size) bytes") }
    let flags = (try half(Page.freeTable + 4), try half(Page.mainTable + 4))
    guard flags == (UInt16(MDB_INTEGERKEY), 0) else {
      throw PageFault("page \(name): tables of another kind")
    }
    guard last >= 1, last < pageLimit else {
      throw PageFault("page \(name): the last page is \(last)")
    }
  }

  /// The root page of the table whose description (MDB_db) lies there.
  func root(ofTableAt offset: Int) throws(PageFault) -> UInt64 { try number(offset + 40) }

  /// Whether that table's keys are numbers of this machine's, and not bytes.
  func isByNumber(tableAt offset: Int) throws(PageFault) -> Bool {
    try half(offset + 4) & UInt16(MDB_INTEGERKEY) != 0
  }

  /// What that description counts.
  func count(ofTableAt offset: Int) throws(PageFault) -> TableCount {
    TableCount(
      depth: UInt64(try half(offset + 6)), branches: try number(offset + 8),
      leaves: try number(offset + 16), overflow: try number(offset + 24),
      entries: try number(offset + 32))
  }

  // A page of a tree.
  var isBranch: Bool {
    get throws(PageFault) {
      switch try half(10) {
      case 1: return true
      case 2: return false
      default: throw PageFault("page \(name) is neither branch nor leaf")
      }
    }
  }

  /// Offsets of its nodes, which fill the page from its end without a gap.
  var nodes: [Int] {
    get throws(PageFault) {
      let (lower, upper) = (Int(try half(12)), Int(try half(14)))
      guard lower >= Page.headerBytes, lower <= upper, upper <= Page.byteCount else {
        throw PageFault("page \(name) has no such free part")
      }
      var nodes: [Int] = []
      var filled = 0
      for slot in stride(from: Page.headerBytes, to: lower, by: 2) {
        let node = Int(try half(slot))
        // Nodes begin at even offsets (mdb.c, mdb_node_add).
        let size = try size(ofNode: node)
        filled += (size + 1) & ~1
        guard node >= upper, node + size <= Page.byteCount else {
          throw PageFault("page \(name) has a node that does not lie in its filled part")
        }
        nodes.append(node)
      }
      guard filled == Page.byteCount - upper else {
        throw PageFault("page \(name) is not filled by its nodes")
      }
      return nodes
    }
  }

  /// A node with its key, and a leaf's with what stands behind it.
  private func size(ofNode node: Int) throws(PageFault) -> Int {
    let key = 8 + Int(try half(node + 6))
    if try isBranch { return key }
    let value = try valueBytes(node)
    switch try kind(node) {
    case .plain: return key + value
    case .elsewhere: return key + 8
    case .table:
      guard value == 48 else { throw PageFault("page \(name) has no such table") }
      return key + value
    }
  }

  func child(_ node: Int) throws(PageFault) -> UInt64 { try integer(node, 6) }

  /// - Precondition: one of `nodes`.
  func key(_ node: Int) throws(PageFault) -> ArraySlice<UInt8> {
    let start = node + 8
    return bytes[start..<start + Int(try half(node + 6))]
  }

  func kind(_ node: Int) throws(PageFault) -> NodeKind {
    switch try half(node + 4) {
    case 0: return .plain
    case 1: return .elsewhere
    case 2: return .table
    default: throw PageFault("page \(name) has a node of an unknown kind")
    }
  }

  /// How many pages a long value has that begins on this one.
  var runLength: UInt64 {
    get throws(PageFault) {
      let length = try integer(12, 4)
      guard try half(10) == 4, length > 0, length < 1 << 20 else {
        throw PageFault("page \(name) does not begin a long value")
      }
      return length
    }
  }

  func valueBytes(_ node: Int) throws(PageFault) -> Int { Int(try integer(node, 4)) }

  /// The offset of what a leaf's node holds behind its key.
  func value(_ node: Int) throws(PageFault) -> Int { node + 8 + Int(try half(node + 6)) }
}
