// How far a job's log was seen, so that a log that is sent whole each time shows only what is new.
// Pure.

import Providers

/// A place in a text that grows.
struct LogCursor: Equatable {
  /// The end of what was seen, by which its place is known again when the beginning was cut off.
  static let tailBytes = 256

  private var count = 0
  private var tail: [UInt8] = []

  /// What is new in it; nil: nothing.
  mutating func new(in log: LogText) -> String? {
    let bytes = Array(log.text.utf8)
    let start = log.isCumulative ? place(in: bytes) : 0
    let new = bytes[start...]
    count = log.isCumulative ? bytes.count : count + bytes.count
    tail = Array((log.isCumulative ? bytes : tail + bytes).suffix(LogCursor.tailBytes))
    return new.isEmpty ? nil : String(decoding: new, as: UTF8.self)
  }

  /// Where the new part begins; 0 for another text altogether.
  private func place(in bytes: [UInt8]) -> Int {
    guard !tail.isEmpty else { return 0 }
    if bytes.count >= count, bytes[..<count].suffix(tail.count).elementsEqual(tail) {
      return count
    }
    // Its beginning was cut off, or the same lines stand between others.
    var end = bytes.count
    while end >= tail.count {
      if bytes[(end - tail.count)..<end].elementsEqual(tail) { return end }
      end -= 1
    }
    return 0
  }
}
