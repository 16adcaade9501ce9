// The witness: where the log ended, kept outside it. A hash chain does not see a cut tail, and LMDB
// falls back to an older commit without a word when a bit of its newer meta page flips.

import Glibc
import Posix
package import Wire

/// What HEAD says: the last acknowledged event.
package struct HeadMark: Sendable, Equatable {
  package var ledgerID: [UInt8]
  package var incarnation: UInt64
  package var position: Position
  package var hash: Digest

  static let byteCount = 8 + 8 + 16 + 8 + 8 + 32 + 32
  /// "LEDGHEAD"
  private static let magic: UInt64 = 0x4441_4548_4744_454C

  /// magic, turn u64, ledger id, incarnation u64, position u64, chain hash, SHA-256 of all before.
  func encoded(turn: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(HeadMark.byteCount)
    bytes.append(littleEndian: HeadMark.magic)
    bytes.append(littleEndian: turn)
    bytes.append(contentsOf: ledgerID)
    bytes.append(littleEndian: incarnation)
    bytes.append(littleEndian: position)
    hash.append(to: &bytes)
    SHA256.digest(bytes).append(to: &bytes)
    return bytes
  }

  /// Nil when the bytes are not a slot written whole.
  static func decode(_ bytes: RawSpan) -> (turn: UInt64, mark: HeadMark)? {
    guard bytes.byteCount >= byteCount else { return nil }
    let content = bytes.extracting(0..<byteCount - Digest.byteCount)
    guard content.littleEndian(UInt64.self, at: 0) == magic,
      SHA256.digest(content)
        == Digest(bytes: bytes.extracting(byteCount - Digest.byteCount..<byteCount))
    else { return nil }
    let mark = HeadMark(
      ledgerID: bytes.extracting(16..<32).array, incarnation: bytes.littleEndian(at: 32),
      position: bytes.littleEndian(at: 40), hash: Digest(bytes: bytes.extracting(48..<80)))
    return (bytes.littleEndian(at: 8), mark)
  }
}

/// The file HEAD: two slots 4,096 bytes apart, written in turn, so that a torn write leaves one.
/// Written before an append is acknowledged; flushed within a second and at close: a flush per
/// commit costs 30 % of single-append latency and buys only power loss and damage together.
struct Head: ~Copyable {
  private static let slotDistance = 4096
  private let file: File
  private var turn: UInt64
  private var isFlushed = true

  /// Opens or creates the file.
  init(_ path: String) throws {
    let file = try File(path, O_RDWR | O_CREAT)
    turn = try Head.slots(file).map(\.turn).max() ?? 0
    self.file = file
  }

  /// The newest mark; nil when neither slot is whole.
  func mark() throws -> HeadMark? {
    try Head.slots(file).max { $0.turn < $1.turn }?.mark
  }

  private static func slots(_ file: borrowing File) throws -> [(turn: UInt64, mark: HeadMark)] {
    try [0, Head.slotDistance].compactMap { offset in
      let slot = try file.read(count: HeadMark.byteCount, at: offset)
      return HeadMark.decode(slot.bytes)
    }
  }

  /// Writes the mark into the slot whose turn it is. Another process may have written since: under
  /// LOCK the newest turn is read again first.
  mutating func write(_ mark: HeadMark) throws {
    turn = max(turn, try Head.slots(file).map(\.turn).max() ?? 0) + 1
    try file.write(mark.encoded(turn: turn), at: Int(turn % 2) * Head.slotDistance)
    isFlushed = false
  }

  /// Makes the newest mark durable.
  mutating func flush() throws {
    guard !isFlushed else { return }
    try file.flush()
    isFlushed = true
  }
}
