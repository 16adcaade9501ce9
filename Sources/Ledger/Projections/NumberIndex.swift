// Which number stands at which place: the fold asks this several times for every event.

/// Keys to places, by open addressing. Subjects are numbered without gaps and positions rise, so a
/// key's own low bits spread better, and lie closer together, than a hash of it.
struct NumberIndex: Sendable {
  private struct Slot: Sendable, BitwiseCopyable {
    var key: UInt64
    /// 0: free.
    var placePlusOne: UInt64
  }

  private var slots: [Slot] = []
  private var count = 0

  func place(of key: UInt64) -> Int? {
    guard !slots.isEmpty else { return nil }
    let slot = slots[slot(of: key)]
    return slot.placePlusOne == 0 ? nil : Int(slot.placePlusOne - 1)
  }

  /// - Precondition: `key` has no place yet.
  mutating func insert(_ key: UInt64, at place: Int) {
    if 4 * (count + 1) > 3 * slots.count { grow() }
    slots[slot(of: key)] = Slot(key: key, placePlusOne: UInt64(place) + 1)
    count += 1
  }

  /// The slot that holds `key`, or the free one where it belongs.
  private func slot(of key: UInt64) -> Int {
    let mask = slots.count - 1
    var index = Int(truncatingIfNeeded: key) & mask
    while slots[index].placePlusOne != 0 && slots[index].key != key { index = (index + 1) & mask }
    return index
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: Slot(key: 0, placePlusOne: 0), count: max(16, old.count * 2))
    for slot in old where slot.placePlusOne != 0 { slots[self.slot(of: slot.key)] = slot }
  }
}
