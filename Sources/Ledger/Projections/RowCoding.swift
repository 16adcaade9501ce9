// How view rows stand in bytes. Views are a cache: a change here raises `Views.format` and every
// home rebuilds them.

import Glibc
import Wire

/// Reads the fixed little-endian fields of a row one after the other. A row that ends too soon lies on
/// a page that is not what was written: then the process ends as LMDB ends it on such a page, and the
/// user is told that the home is damaged.
struct RowReader: ~Escapable {
  private let bytes: RawSpan
  private var offset = 0

  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) { self.bytes = bytes }

  var isAtEnd: Bool { offset == bytes.byteCount }

  @_lifetime(self: copy self)
  mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type = T.self) -> T {
    guard bytes.byteCount - offset >= MemoryLayout<T>.size else { abort() }
    defer { offset += MemoryLayout<T>.size }
    return bytes.littleEndian(at: offset)
  }

  @_lifetime(self: copy self)
  mutating func credits() -> Credits { Credits(micros: integer()) }

  /// A moment; 0 stands for none.
  @_lifetime(self: copy self)
  mutating func time() -> Timestamp? {
    let value: Int64 = integer()
    return value == 0 ? nil : Timestamp(microseconds: value)
  }

  /// The rest of the row as text.
  @_lifetime(self: copy self)
  mutating func text() -> String {
    defer { offset = bytes.byteCount }
    return String(decoding: bytes.extracting(offset..<bytes.byteCount).array, as: UTF8.self)
  }
}

extension [UInt8] {
  mutating func append(_ credits: Credits) { append(littleEndian: credits.micros) }

  mutating func append(_ time: Timestamp?) { append(littleEndian: time?.microseconds ?? 0) }

  /// Most significant byte first, so that byte order is number order: for keys.
  mutating func append(bigEndian value: UInt64) { append(littleEndian: value.byteSwapped) }

  /// The key of a list: `parts` most significant first.
  init(key parts: UInt64...) {
    self = []
    for part in parts { append(bigEndian: part) }
  }
}

/// A view row that knows its bytes.
protocol Row: Equatable, Sendable {
  init(_ bytes: RawSpan)
  func encode(to bytes: inout [UInt8])
}
