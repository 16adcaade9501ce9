// Writes the deterministic CBOR subset of the log (RFC 8949 §4.2.1): shortest integers, definite
// lengths, no floats, no tags. Map keys are written by the caller in bytewise order.

/// Appends CBOR items to a byte array.
package struct CBORWriter: Sendable {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  /// Forgets what was written and keeps the memory.
  package mutating func reset() { bytes.removeAll(keepingCapacity: true) }

  @inline(__always)
  private mutating func head(_ major: UInt8, _ value: UInt64) {
    let type = major << 5
    switch value {
    case 0..<24: bytes.append(type | UInt8(value))
    case 24...0xFF:
      bytes.append(type | 24)
      bytes.append(UInt8(value))
    case 0x100...0xFFFF: sized(type | 25, UInt16(value))
    case 0x1_0000...0xFFFF_FFFF: sized(type | 26, UInt32(value))
    default: sized(type | 27, value)
    }
  }

  private mutating func sized<T: FixedWidthInteger & BitwiseCopyable>(_ head: UInt8, _ value: T) {
    bytes.append(head)
    bytes.append(littleEndian: value.byteSwapped)
  }

  package mutating func unsigned(_ value: UInt64) { head(0, value) }

  package mutating func integer(_ value: Int64) {
    if value >= 0 { head(0, UInt64(value)) } else { head(1, UInt64(bitPattern: ~value)) }
  }

  package mutating func byteString(_ value: [UInt8]) {
    head(2, UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  package mutating func text(_ value: String) {
    var value = value
    value.withUTF8 { utf8 in
      head(3, UInt64(utf8.count))
      unsafe bytes.append(contentsOf: utf8)
    }
  }

  /// The head of an array; `count` items must follow.
  package mutating func array(count: Int) { head(4, UInt64(count)) }

  /// The head of a map; `count` pairs must follow, keys in bytewise order of their encoding.
  package mutating func map(count: Int) { head(5, UInt64(count)) }

  package mutating func bool(_ value: Bool) { bytes.append(value ? 0xF5 : 0xF4) }

  package mutating func null() { bytes.append(0xF6) }
}
