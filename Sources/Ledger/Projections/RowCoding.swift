// How view rows stand in bytes. Views are a cache: a change here raises `Generation.format` and
// every home rebuilds them. Most fields of most rows are small or zero: the fewer bytes, the fewer
// pages an append touches, and pages are what it pays for.

import Glibc
import Wire

/// Reads the fixed little-endian fields of a row one after the other. A row that ends too soon lies
/// on a page that is not what was written: then the process ends as LMDB ends it on such a page,
/// and the user is told that the home is damaged.
struct RowReader: ~Escapable {
  private let bytes: RawSpan
  private var offset = 0

  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) { self.bytes = bytes }

  var isAtEnd: Bool { offset == bytes.byteCount }

  @_lifetime(self: copy self)
  mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type = T.self) -> T {
    defer { offset += MemoryLayout<T>.size }
    return bytes.field(at: offset)
  }

  /// A number in as many groups of seven bits as it needs, the lowest first.
  @_lifetime(self: copy self)
  mutating func varint<T: FixedWidthInteger & UnsignedInteger>(_ type: T.Type = T.self) -> T {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while shift < 64 {
      let byte: UInt8 = integer()
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { break }
      shift += 7
    }
    return T(truncatingIfNeeded: value)
  }

  /// A number of either sign: those near zero take one byte.
  @_lifetime(self: copy self)
  mutating func zigzag() -> Int64 {
    let value: UInt64 = varint()
    return Int64(bitPattern: value >> 1) ^ -Int64(value & 1)
  }

  @_lifetime(self: copy self)
  mutating func packedCredits() -> Credits { Credits(micros: zigzag()) }

  @_lifetime(self: copy self)
  mutating func credits() -> Credits { Credits(micros: integer()) }

  /// A moment; 0 stands for none.
  @_lifetime(self: copy self)
  mutating func time() -> Timestamp? {
    let value: Int64 = integer()
    return value == 0 ? nil : Timestamp(microseconds: value)
  }

  @_lifetime(self: copy self)
  mutating func digest() -> Digest {
    guard bytes.byteCount - offset >= Digest.byteCount else { endOverDamagedViews() }
    defer { offset += Digest.byteCount }
    return Digest(bytes: bytes.extracting(offset..<offset + Digest.byteCount))
  }

  /// The rest of the row as text.
  @_lifetime(self: copy self)
  mutating func text() -> String {
    defer { offset = bytes.byteCount }
    return String(decoding: bytes.extracting(offset..<bytes.byteCount).array, as: UTF8.self)
  }
}

/// Ends the process: a row of the views ends too soon or contradicts another, so it is not what
/// was written.
func endOverDamagedViews() -> Never { abort() }

extension RawSpan {
  /// A little-endian number in a row or in its key; one that ends before it ends the process
  /// (`RowReader`).
  func field<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type = T.self, at offset: Int) -> T {
    guard byteCount - offset >= MemoryLayout<T>.size else { endOverDamagedViews() }
    return littleEndian(at: offset)
  }
}

extension [UInt8] {
  /// A number in as many groups of seven bits as it needs, the lowest first.
  mutating func append(varint value: some FixedWidthInteger & UnsignedInteger) {
    var value = UInt64(value)
    while value >= 0x80 {
      append(UInt8(truncatingIfNeeded: value) | 0x80)
      value >>= 7
    }
    append(UInt8(value))
  }

  /// A number of either sign: those near zero take one byte.
  mutating func append(zigzag value: Int64) {
    append(varint: UInt64(bitPattern: value << 1 ^ value >> 63))
  }

  mutating func append(packed credits: Credits) { append(zigzag: credits.micros) }

  mutating func append(_ credits: Credits) { append(littleEndian: credits.micros) }

  mutating func append(_ time: Timestamp?) { append(littleEndian: time?.microseconds ?? 0) }

  /// Most significant byte first, so that byte order is number order: for keys.
  mutating func append(bigEndian value: UInt64) { append(littleEndian: value.byteSwapped) }

  /// The key of two texts of any length: the first half of the SHA-256 of both with a zero byte
  /// between them.
  init(digestOf first: String, _ second: String) {
    var hash = SHA256()
    hash.update(first)
    hash.update([0])
    hash.update(second)
    self = hash.finish().bytes
    removeLast(Digest.byteCount / 2)
  }

  /// The key of a list: `parts` most significant first.
  init(key parts: UInt64...) {
    self = []
    for part in parts { append(bigEndian: part) }
  }
}

/// A view row that knows its bytes.
protocol Row: Sendable {
  /// What of the row other lists are sorted by, so that a change can take it off its old place.
  associatedtype Listed: Sendable = Void
  var listed: Listed { get }

  /// A blank row.
  init()
  init(_ bytes: RawSpan)
  func encode(to bytes: inout [UInt8])
}

extension Row where Listed == Void {
  var listed: Void { () }
}
