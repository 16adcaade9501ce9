// Which pages of a data file are in use and which are free. LMDB believes its list of free pages: a
// bit of it that flips lets a later commit write over rows that were acknowledged, and reading all
// of them does not show it. So whoever verifies compares the two. Layout: `Page`.

import CLMDB
import Glibc

/// The pages of the newest committed state.
package struct PageCensus: Sendable {
  /// Pages that a tree reaches, and the two meta pages.
  package private(set) var used = 0
  /// Pages that later commits may write to.
  package private(set) var free = 0
  /// The first page that is not what it must be, in words; nil when all are.
  package private(set) var fault: String?

  private enum Fate: UInt8 { case unknown, used, free }

  /// What a tree holds: lists of free pages, descriptions of tables, or rows.
  private enum Tree { case free, tables, rows }

  /// More than any tree that LMDB walks (mdb.c, `CURSOR_STACK`).
  private static let depthLimit: UInt64 = 32

  private let file: CInt
  /// The newest commit's number.
  private var newest: UInt64 = 0
  private var fates: [Fate] = []
  /// Of the table that is being walked.
  private var table = TableCount()
  private var order = KeyOrder.bytes

  /// - Throws: `LMDBError` when no transaction can begin.
  @available(*, noasync)
  package init(of environment: Environment) throws(LMDBError) {
    var descriptor: CInt = -1
    try check(unsafe mdb_env_get_fd(environment.handle, &descriptor), "mdb_env_get_fd")
    file = descriptor
    // Pages stay as they are while somebody reads them, but for the meta pages: where two commits
    // came between, this state's is gone.
    for _ in 0..<100 {
      let transaction = try environment.read()
      let id = UInt64(bitPattern: Int64(unsafe mdb_txn_id(transaction.handle)))
      do throws(PageFault) {
        let (first, second) = (try Page(0, in: file), try Page(1, in: file))
        let (isFirst, isSecond) = (try first.transaction == id, try second.transaction == id)
        guard isFirst || isSecond else { continue }
        newest = id
        let meta = isFirst ? first : second
        try meta.checkMeta(pageLimit: environment.options.mapSize / Page.byteCount)
        try count(meta)
      } catch {
        fault = error.reason
      }
      extendLifetime(transaction)
      return
    }
    fault = "the newest state's meta page is not there"
  }

  private mutating func count(_ meta: Page) throws(PageFault) {
    fates = Array(repeating: .unknown, count: Int(try meta.lastPage) + 1)
    try take(0..<2, .used)
    try visitTable(meta, Page.freeTable, .free)
    try visitTable(meta, Page.mainTable, .tables)
  }

  /// A table, as a description on `page` has it.
  private mutating func visitTable(
    _ page: Page, _ offset: Int, _ tree: Tree
  ) throws(PageFault) {
    let around = (table, order)
    table = TableCount()
    order = try page.isByNumber(tableAt: offset) ? .numbers : .bytes
    let root = try page.root(ofTableAt: offset)
    try visit(root, of: tree, depth: 1, KeyRange())
    guard try page.count(ofTableAt: offset) == table else {
      throw PageFault("the table at page \(root) is not the one that was counted")
    }
    (table, order) = around
  }

  private mutating func take(_ pages: Range<UInt64>, _ fate: Fate) throws(PageFault) {
    guard pages.upperBound <= UInt64(fates.count) else {
      throw PageFault("page \(pages.upperBound - 1) is past the end")
    }
    for page in pages {
      switch fates[Int(page)] {
      case .unknown: fates[Int(page)] = fate
      case let other where other == fate:
        throw PageFault("page \(page) is \(fate == .used ? "used" : "free") twice")
      default: throw PageFault("page \(page) is both in use and free")
      }
    }
    if fate == .used { used += pages.count } else { free += pages.count }
  }

  /// A tree's page and all below it, whose keys lie in `range`.
  private mutating func visit(
    _ number: UInt64, of tree: Tree, depth: UInt64, _ range: KeyRange
  ) throws(PageFault) {
    guard number != Page.none else { return }
    guard depth < PageCensus.depthLimit else { throw PageFault("a tree has no end") }
    try take(number..<number + 1, .used)
    let page = try Page(number, in: file)
    let isBranch = try page.isBranch
    table.depth = max(table.depth, depth)
    if isBranch { table.branches += 1 } else { table.leaves += 1 }
    let nodes = try page.nodes
    let keys = try KeyRange.keys(of: nodes, on: page, isBranch: isBranch)
    guard range.holds(keys, in: order) else {
      throw PageFault("page \(number) has keys that are not in order")
    }
    for (place, node) in nodes.enumerated() {
      if isBranch {
        let part = range.part(place, of: keys)
        try visit(try page.child(node), of: tree, depth: depth + 1, part)
        continue
      }
      table.entries += 1
      let value = try page.value(node)
      if tree == .free {
        let commit = try page.number(node + 8)
        // 0 is nobody's: LMDB takes it for "none was read yet" and gives its pages out twice
        // (mdb.c, `me_pglast`).
        guard commit > 0, commit <= newest else {
          throw PageFault("page \(number) has free pages of commit \(commit) of \(newest)")
        }
      }
      switch try page.kind(node) {
      case .plain where tree == .free: try takeFree(page, value, try page.valueBytes(node))
      case .plain: break
      case .elsewhere:
        // A value too long for its page has pages of its own, one after the other.
        let first = try page.number(value)
        let run = try Page(first, in: file).runLength
        try take(first..<first + run, .used)
        table.overflow += run
        guard tree == .free else { continue }
        let pages = try Page(first, in: file, count: Int(run))
        try takeFree(pages, Page.headerBytes, try page.valueBytes(node))
      case .table:
        guard tree == .tables else { throw PageFault("page \(number) has a table among its rows") }
        try visitTable(page, value, .rows)
      }
    }
  }

  /// The pages of a list: how many, then their numbers (midl.h).
  private mutating func takeFree(
    _ page: Page, _ offset: Int, _ size: Int
  ) throws(PageFault) {
    let count = try page.number(offset)
    guard count < UInt64(size / 8) else { throw PageFault("a list of free pages is cut off") }
    for index in 0..<Int(count) {
      let free = try page.number(offset + 8 + 8 * index)
      guard free != Page.none else { throw PageFault("a free page has no number") }
      try take(free..<free + 1, .free)
    }
  }
}
