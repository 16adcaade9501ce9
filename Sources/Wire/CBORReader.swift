// Reads the deterministic CBOR subset of the log and refuses everything outside it.

/// A refused CBOR item.
package struct CBORError: Error, Equatable, CustomStringConvertible {
  package let reason: String
  /// Byte offset, from 0, where it was noticed.
  package let offset: Int

  /// Well formed, but with a value that only a newer program knows.
  package let isNewer: Bool

  package init(reason: String, offset: Int, isNewer: Bool = false) {
    self.reason = reason
    self.offset = offset
    self.isNewer = isNewer
  }

  package var description: String { "invalid CBOR at byte \(offset): \(reason)" }
}

/// Reads items one after the other from bytes it does not own.
package struct CBORReader: ~Escapable {
  @usableFromInline let bytes: RawSpan
  /// Where the next item begins.
  @usableFromInline package internal(set) var offset = 0
  /// Arrays and maps inside one another that `skip` and `value` follow.
  package static let depthLimit = 16

  @_lifetime(copy bytes)
  package init(_ bytes: RawSpan) { self.bytes = bytes }

  package var isAtEnd: Bool { offset == bytes.byteCount }

  /// The major type of the next item (RFC 8949 §3.1); nil at the end.
  package var nextMajor: UInt8? {
    offset < bytes.byteCount ? bytes.littleEndian(UInt8.self, at: offset) >> 5 : nil
  }

  private func fail(_ reason: String) -> CBORError { CBORError(reason: reason, offset: offset) }

  @_lifetime(self: copy self)
  private mutating func head() throws(CBORError) -> (major: UInt8, value: UInt64) {
    guard offset < bytes.byteCount else { throw fail("the bytes end where an item should stand") }
    let first = bytes.littleEndian(UInt8.self, at: offset)
    let (major, low) = (first >> 5, first & 31)
    if low < 24 {
      offset += 1
      return (major, UInt64(low))
    }
    guard low < 28 else { throw fail("indefinite or reserved length") }
    let width = 1 << Int(low - 24)
    guard offset + 1 + width <= bytes.byteCount else { throw fail("the bytes end inside a head") }
    let value: UInt64
    let shortest: Bool
    switch width {
    case 1:
      value = UInt64(bytes.littleEndian(UInt8.self, at: offset + 1))
      shortest = value >= 24
    case 2:
      value = UInt64(bytes.littleEndian(UInt16.self, at: offset + 1).byteSwapped)
      shortest = value > 0xFF
    case 4:
      value = UInt64(bytes.littleEndian(UInt32.self, at: offset + 1).byteSwapped)
      shortest = value > 0xFFFF
    default:
      value = bytes.littleEndian(UInt64.self, at: offset + 1).byteSwapped
      shortest = value > 0xFFFF_FFFF
    }
    guard shortest else { throw fail("not the shortest form") }
    offset += 1 + width
    return (major, value)
  }

  @_lifetime(self: copy self)
  private mutating func head(_ expected: UInt8, _ name: StaticString) throws(CBORError) -> UInt64 {
    let start = offset
    let (major, value) = try head()
    guard major == expected else {
      throw CBORError(reason: "expected \(name)", offset: start)
    }
    return value
  }

  /// The value of a head that is one byte of `major`, or nil. Most are: keys, codes, small numbers.
  @inlinable
  @_lifetime(self: copy self)
  mutating func shortHead(_ major: UInt8) -> UInt64? {
    guard offset < bytes.byteCount else { return nil }
    let value = bytes.littleEndian(UInt8.self, at: offset) ^ major << 5
    guard value < 24 else { return nil }
    offset += 1
    return UInt64(value)
  }

  @inlinable
  @_lifetime(self: copy self)
  package mutating func unsigned() throws(CBORError) -> UInt64 {
    if let value = shortHead(0) { return value }
    return try longUnsigned()
  }

  @inlinable
  @_lifetime(self: copy self)
  package mutating func integer() throws(CBORError) -> Int64 {
    if let value = shortHead(0) { return Int64(value) }
    if let value = shortHead(1) { return ~Int64(value) }
    return try longInteger()
  }

  @usableFromInline
  @_lifetime(self: copy self)
  mutating func longUnsigned() throws(CBORError) -> UInt64 { try head(0, "an unsigned integer") }

  @usableFromInline
  @_lifetime(self: copy self)
  mutating func longInteger() throws(CBORError) -> Int64 {
    let start = offset
    let (major, value) = try head()
    guard major <= 1, value <= UInt64(Int64.max) else {
      throw CBORError(reason: "expected an integer of 64 bits", offset: start)
    }
    return major == 0 ? Int64(value) : ~Int64(value)
  }

  /// The bytes of a byte or text string of `major`.
  @_lifetime(self: copy self)
  private mutating func string(_ major: UInt8, _ name: StaticString) throws(CBORError) -> Range<Int>
  {
    let count = try head(major, name)
    guard count <= UInt64(bytes.byteCount - offset) else {
      throw fail("the bytes end inside a string")
    }
    let range = offset..<offset + Int(count)
    offset = range.upperBound
    return range
  }

  @_lifetime(self: copy self)
  package mutating func byteString() throws(CBORError) -> [UInt8] {
    try byteSpan().array
  }

  /// A byte string where it lies.
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  package mutating func byteSpan() throws(CBORError) -> RawSpan {
    bytes.extracting(try string(2, "a byte string"))
  }

  @_lifetime(self: copy self)
  package mutating func text() throws(CBORError) -> String {
    let range = try string(3, "a text string")
    let slice = bytes.extracting(range)
    let text = try? String(copying: UTF8Span(validating: Span(_bytes: slice)))
    guard let text else { throw CBORError(reason: "a text is not UTF-8", offset: range.lowerBound) }
    return text
  }

  @_lifetime(self: copy self)
  package mutating func bool() throws(CBORError) -> Bool {
    switch try head(7, "true or false") {
    case 20: return false
    case 21: return true
    default: throw fail("expected true or false")
    }
  }

  /// The head of an array: how many items follow.
  @_lifetime(self: copy self)
  package mutating func array() throws(CBORError) -> Int { try count(4, "an array") }

  /// The head of a map: how many pairs follow.
  @_lifetime(self: copy self)
  package mutating func map() throws(CBORError) -> Int { try count(5, "a map") }

  @_lifetime(self: copy self)
  private mutating func count(_ major: UInt8, _ name: StaticString) throws(CBORError) -> Int {
    let count = try head(major, name)
    // Every item takes a byte at least, so no count can exceed what is left.
    guard count <= UInt64(bytes.byteCount - offset) else { throw fail("more items than bytes") }
    return Int(count)
  }

  /// Passes over one item of any kind.
  @_lifetime(self: copy self)
  package mutating func skip(depth: Int = 0) throws(CBORError) {
    guard depth <= CBORReader.depthLimit else { throw fail("nested too deep") }
    let (major, value) = try head()
    switch major {
    case 0, 1: break
    case 2, 3:
      guard value <= UInt64(bytes.byteCount - offset) else {
        throw fail("the bytes end inside a string")
      }
      offset += Int(value)
    case 4, 5:
      guard value <= UInt64(bytes.byteCount - offset) else { throw fail("more items than bytes") }
      for _ in 0..<(value * (major == 5 ? 2 : 1)) { try skip(depth: depth + 1) }
    case 7 where (20...22).contains(value): break
    default: throw fail("a tag, float or simple value that the log never holds")
    }
  }
}
