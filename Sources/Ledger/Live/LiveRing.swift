// HOME/LIVE: a ring of lines in one small file, between the poller and whoever watches. No promise
// of anything: not flushed, overwritten when it is full, emptied by `forget`. Readers take no lock
// and keep nobody waiting; they find out by themselves that they were too slow.
//
//     offset 0      "LEDGLIVE"
//     offset 8      u64: bytes ever written, modulo nothing
//     offset 4096   the ring: records {u32 length, u32 crc32c, JSON}, back to back, wrapping
//
// The checksum is of the record's own place (u64: bytes written before it) and its JSON, so that
// what a reader meets while it is overwritten is never taken for a line.

import Glibc
package import Posix
import Wire

/// Where things stand in the file.
enum LiveRing {
  static let magic = Array("LEDGLIVE".utf8)
  static let start = 4096
  /// Bytes of the ring.
  static let capacity = 1 << 20
  static let recordHeader = 8

  static func record(_ line: LiveLine, at place: UInt64) -> [UInt8] {
    let body = line.json.bytes
    var record: [UInt8] = []
    record.append(littleEndian: UInt32(body.count))
    record.append(littleEndian: checksum(body[...], at: place))
    return record + body
  }

  static func checksum(_ body: ArraySlice<UInt8>, at place: UInt64) -> UInt32 {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: place)
    bytes += body
    return CRC32C.checksum(bytes.bytes)
  }

  /// Bytes ever written; nil when this is no ring yet.
  static func written(_ file: borrowing File) throws(PosixError) -> UInt64? {
    let head = try file.read(count: 16)
    guard head.count == 16, Array(head[..<8]) == magic else { return nil }
    return head.bytes.littleEndian(at: 8)
  }

  static func setWritten(_ value: UInt64, _ file: borrowing File) throws(PosixError) {
    var head = magic
    head.append(littleEndian: value)
    try file.write(head)
  }
}

/// Writes lines. Every write is under the file's own lock, so that several writers do no harm.
package struct LiveRelay: ~Copyable {
  private let file: File

  /// - Throws: `PosixError`: the file cannot be written; there is nothing live then.
  package init(_ home: Home) throws(PosixError) {
    file = try File(home.live, O_RDWR | O_CREAT, mode: 0o600)
  }

  /// Passes lines on. A home whose disk is full loses them.
  package func append(_ lines: [LiveLine]) throws(PosixError) {
    guard !lines.isEmpty, try file.lock(.exclusive, wait: true) else { return }
    defer { file.unlock() }
    var place = try LiveRing.written(file) ?? 0
    var bytes: [UInt8] = []
    for line in lines.flatMap(\.pieces) {
      let record = LiveRing.record(line, at: place + UInt64(bytes.count))
      if bytes.count + record.count > LiveRing.capacity / 2 {
        place = try write(bytes, at: place)
        bytes = []
      }
      bytes += record
    }
    _ = try write(bytes, at: place)
  }

  private func write(_ bytes: [UInt8], at place: UInt64) throws(PosixError) -> UInt64 {
    let offset = Int(place % UInt64(LiveRing.capacity))
    let first = min(bytes.count, LiveRing.capacity - offset)
    try file.write(Array(bytes[..<first]), at: LiveRing.start + offset)
    try file.write(Array(bytes[first...]), at: LiveRing.start)
    let end = place + UInt64(bytes.count)
    try LiveRing.setWritten(end, file)
    return end
  }

  /// Erases all lines; who reads just then has missed some.
  package static func empty(_ home: Home) throws(PosixError) {
    guard FileSystem.exists(home.live) else { return }
    let file = try File(home.live, O_RDWR)
    guard try file.lock(.exclusive, wait: true) else { return }
    defer { file.unlock() }
    let written = try LiveRing.written(file) ?? 0
    try file.truncate()
    try LiveRing.setWritten(written + UInt64(LiveRing.capacity) + 1, file)
  }
}
