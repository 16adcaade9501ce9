// Follows HOME/LIVE from where it stands: what was said before is over.

import Glibc
import Posix
import Wire

/// Reads lines as they come. Any number of readers, in any process; each belongs to one thread.
package final class LiveReader {
  private final class Ring {
    let file: File
    init(_ path: String) throws(PosixError) { file = try File(path, O_RDONLY) }
  }

  private let path: String
  private var ring: Ring?
  private var place: UInt64 = 0
  /// How often lines were overwritten before they were read.
  package private(set) var overruns = 0

  /// Begins behind the newest line. A home without the file has nothing to say yet.
  package init(_ home: Home) {
    path = home.live
    ring = try? Ring(path)
    if let ring { place = (try? LiveRing.written(ring.file)) ?? 0 }
  }

  /// The lines since the last call; never waits.
  package func next() -> [LiveLine] {
    if ring == nil { ring = try? Ring(path) }
    guard let ring, let lines = try? read(ring) else { return [] }
    return lines
  }

  private func read(_ ring: Ring) throws(PosixError) -> [LiveLine] {
    guard let end = try LiveRing.written(ring.file), end != place else { return [] }
    guard isReadable(through: end) else { return skip(to: end) }
    let capacity = LiveRing.capacity
    let offset = Int(place % UInt64(capacity))
    let count = Int(end - place)
    let first = min(count, capacity - offset)
    let bytes =
      try ring.file.read(count: first, at: LiveRing.start + offset)
      + ring.file.read(count: count - first, at: LiveRing.start)
    // What was read may have been overwritten meanwhile.
    let now = try LiveRing.written(ring.file) ?? 0
    guard now >= end, isReadable(through: now) else { return skip(to: now) }
    defer { place = end }
    return parse(bytes)
  }

  private func isReadable(through end: UInt64) -> Bool {
    end >= place && end - place <= UInt64(LiveRing.capacity)
  }

  private func parse(_ bytes: [UInt8]) -> [LiveLine] {
    var lines: [LiveLine] = []
    var offset = 0
    while offset + LiveRing.recordHeader <= bytes.count {
      let length = Int(bytes.bytes.littleEndian(UInt32.self, at: offset))
      let sum = bytes.bytes.littleEndian(UInt32.self, at: offset + 4)
      let start = offset + LiveRing.recordHeader
      guard length <= bytes.count - start else { break }
      let body = bytes[start..<start + length]
      guard LiveRing.checksum(body, at: place + UInt64(offset)) == sum else { break }
      if let line = (try? JSON(parsing: Array(body))).flatMap({ LiveLine($0) }) {
        lines.append(line)
      }
      offset = start + length
    }
    if offset < bytes.count { overruns += 1 }
    return lines
  }

  private func skip(to end: UInt64) -> [LiveLine] {
    overruns += 1
    place = end
    return []
  }
}
