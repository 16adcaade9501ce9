// One row among many in one array of bytes: where its key and its value are, and its order.

import Wire

/// A pending row; `bytes` is always the array it lies in.
struct ByteEntry: Sendable, BitwiseCopyable {
  /// The key's first eight bytes, most significant first: what most comparisons end with.
  private let prefix: UInt64
  private let start: Int
  private let keyEnd: Int
  /// -1: the row is to be deleted.
  private let end: Int

  /// - Parameter end: nil for a row that is to be deleted.
  init(start: Int, keyEnd: Int, end: Int?, in bytes: [UInt8]) {
    self.start = start
    self.keyEnd = keyEnd
    self.end = end ?? -1
    prefix = ByteEntry.word(bytes.bytes.extracting(start..<keyEnd), at: 0)
  }

  var isDeleted: Bool { end < 0 }

  @_lifetime(borrow bytes)
  func key(in bytes: borrowing [UInt8]) -> RawSpan { bytes.bytes.extracting(start..<keyEnd) }

  @_lifetime(borrow bytes)
  func value(in bytes: borrowing [UInt8]) -> RawSpan {
    bytes.bytes.extracting(keyEnd..<max(keyEnd, end))
  }

  func hasKey(of other: ByteEntry, in bytes: borrowing [UInt8]) -> Bool {
    prefix == other.prefix && ByteEntry.compare(key(in: bytes), other.key(in: bytes)) == 0
  }

  /// Bytewise order of the keys, which is LMDB's; equal keys in the order they came in.
  static func precedes(
    _ left: ByteEntry, _ right: ByteEntry, in bytes: borrowing [UInt8]
  ) -> Bool {
    if left.prefix != right.prefix { return left.prefix < right.prefix }
    let order = compare(left.key(in: bytes), right.key(in: bytes))
    return order == 0 ? left.start < right.start : order < 0
  }

  /// Less than, equal to or greater than 0 as `left` comes before, is, or comes after `right`.
  static func compare(_ left: RawSpan, _ right: RawSpan) -> Int {
    var offset = 0
    while offset < left.byteCount && offset < right.byteCount {
      let (one, other) = (word(left, at: offset), word(right, at: offset))
      if one != other { return one < other ? -1 : 1 }
      offset += 8
    }
    return left.byteCount - right.byteCount
  }

  /// Eight bytes from `offset`, most significant first; zeros beyond the end.
  static func word(_ bytes: RawSpan, at offset: Int) -> UInt64 {
    if offset + 8 <= bytes.byteCount {
      return bytes.littleEndian(UInt64.self, at: offset).byteSwapped
    }
    var word: UInt64 = 0
    for index in offset..<bytes.byteCount {
      word |= UInt64(bytes.littleEndian(UInt8.self, at: index)) << UInt64(56 - 8 * (index - offset))
    }
    return word
  }
}
