// Where keys must lie for LMDB to find them: it looks a key up from the root down, so one that lies
// where another should is there when all rows are read, and not when somebody asks for it.

/// How a table's keys are sorted.
enum KeyOrder {
  /// Bytewise; of two of which one begins the other, the shorter first.
  case bytes
  /// 64-bit numbers, least significant byte first (`MDB_INTEGERKEY`).
  case numbers

  func precedes(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
    guard self == .numbers else { return left.lexicographicallyPrecedes(right) }
    return left.count == 8 && right.count == 8
      && left.reversed().lexicographicallyPrecedes(right.reversed())
  }
}

/// The keys that may stand below a branch's node.
struct KeyRange {
  /// The first that may; nil: any.
  var low: ArraySlice<UInt8>?
  /// The first that may not; nil: any may.
  var high: ArraySlice<UInt8>?

  /// Keys of a page's nodes; a branch's first node has none, for it stands for all that come before
  /// its second (mdb.c, `mdb_node_search`).
  static func keys(
    of nodes: [Int], on page: Page, isBranch: Bool
  ) throws(PageFault) -> [ArraySlice<UInt8>] {
    var keys: [ArraySlice<UInt8>] = []
    for node in nodes.dropFirst(isBranch ? 1 : 0) { keys.append(try page.key(node)) }
    return keys
  }

  /// Whether the keys rise, and lie in this range.
  func holds(_ keys: [ArraySlice<UInt8>], in order: KeyOrder) -> Bool {
    guard let first = keys.first, let last = keys.last else { return true }
    if let low, order.precedes(first, low) { return false }
    if let high, !order.precedes(last, high) { return false }
    return zip(keys, keys.dropFirst()).allSatisfy { order.precedes($0, $1) }
  }

  /// What may stand below a branch's node: from its own key up to the next one's.
  func part(_ place: Int, of keys: [ArraySlice<UInt8>]) -> KeyRange {
    KeyRange(
      low: place == 0 ? low : keys[place - 1], high: place < keys.count ? keys[place] : high)
  }
}
