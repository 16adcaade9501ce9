// Pending rows by key, made when somebody first asks.

import Wire

/// The newest place of every key, by open addressing.
struct ByteIndex: Sendable {
  /// Places plus one; 0: free.
  private var slots: [UInt32] = []
  /// Entries that are in the index.
  private var count = 0
  /// Ids come from outside, and nobody is to choose ones that fall into one slot.
  private static let seed = UInt64.random(in: .min ... .max)

  /// The newest entry with `key`; nil when there is none.
  mutating func newest(
    of key: [UInt8], _ entries: borrowing [ByteEntry], _ bytes: borrowing [UInt8]
  ) -> ByteEntry? {
    guard !entries.isEmpty else { return nil }
    if 4 * entries.count > 3 * slots.count { grow(to: entries.count) }
    while count < entries.count {
      slots[slot(of: entries[count].key(in: bytes), entries, bytes)] = UInt32(count) + 1
      count += 1
    }
    let place = slots[slot(of: key.bytes, entries, bytes)]
    return place == 0 ? nil : entries[Int(place) - 1]
  }

  private mutating func grow(to entries: Int) {
    var size = max(16, slots.count)
    while 4 * entries > 3 * size { size *= 2 }
    slots = Array(repeating: 0, count: size)
    count = 0
  }

  /// The slot that holds `key`, or the free one where it belongs.
  private func slot(
    of key: RawSpan, _ entries: borrowing [ByteEntry], _ bytes: borrowing [UInt8]
  ) -> Int {
    let mask = slots.count - 1
    var index = Int(truncatingIfNeeded: ByteIndex.hash(key)) & mask
    while slots[index] != 0 {
      let other = entries[Int(slots[index]) - 1]
      if ByteEntry.compare(other.key(in: bytes), key) == 0 { break }
      index = (index + 1) & mask
    }
    return index
  }

  private static func hash(_ key: RawSpan) -> UInt64 {
    var hash = seed &+ UInt64(key.byteCount)
    for offset in stride(from: 0, to: key.byteCount, by: 8) {
      let (high, low) = (hash ^ ByteEntry.word(key, at: offset))
        .multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
      hash = high ^ low
    }
    return hash ^ hash >> 32
  }
}
