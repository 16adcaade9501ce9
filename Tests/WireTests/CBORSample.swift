// A CBOR item as a tree, for tests: any item of the log's subset, read and written by the parts
// under test, and made up at random.

import Support

@testable import Wire

indirect enum CBORSample: Equatable, Sendable {
  case unsigned(UInt64)
  case negative(Int64)
  case bytes([UInt8])
  case text(String)
  case array([CBORSample])
  case map([Pair])
  case bool(Bool)
  case null

  struct Pair: Equatable, Sendable {
    var key: CBORSample
    var value: CBORSample
  }

  var encoded: [UInt8] {
    var writer = CBORWriter()
    write(to: &writer)
    return writer.bytes
  }

  private func write(to writer: inout CBORWriter) {
    switch self {
    case .unsigned(let value): writer.unsigned(value)
    case .negative(let value): writer.integer(value)
    case .bytes(let bytes): writer.byteString(bytes)
    case .text(let text): writer.text(text)
    case .array(let items):
      writer.array(count: items.count)
      for item in items { item.write(to: &writer) }
    case .map(let pairs):
      writer.map(count: pairs.count)
      for pair in pairs {
        pair.key.write(to: &writer)
        pair.value.write(to: &writer)
      }
    case .bool(let value): writer.bool(value)
    case .null: writer.null()
    }
  }

  /// The one item that `bytes` hold; bytes after it are refused.
  init(decoding bytes: [UInt8]) throws(CBORError) {
    var reader = CBORReader(bytes.bytes)
    self = try CBORSample(from: &reader)
    guard reader.isAtEnd else {
      throw CBORError(reason: "bytes after the item", offset: reader.offset)
    }
  }

  init(from reader: inout CBORReader, depth: Int = 0) throws(CBORError) {
    guard depth <= CBORReader.depthLimit else {
      throw CBORError(reason: "nested too deep", offset: reader.offset)
    }
    switch reader.nextMajor {
    case 0: self = .unsigned(try reader.unsigned())
    case 1: self = .negative(try reader.integer())
    case 2: self = .bytes(try reader.byteString())
    case 3: self = .text(try reader.text())
    case 4:
      var items: [CBORSample] = []
      for _ in 0..<(try reader.array()) {
        items.append(try CBORSample(from: &reader, depth: depth + 1))
      }
      self = .array(items)
    case 5:
      var pairs: [Pair] = []
      for _ in 0..<(try reader.map()) {
        let key = try CBORSample(from: &reader, depth: depth + 1)
        pairs.append(Pair(key: key, value: try CBORSample(from: &reader, depth: depth + 1)))
      }
      self = .map(pairs)
    default:
      // The reader has no call for null: it stands only where a value is passed over.
      let isNull = reader.nextByte == 0xF6
      if isNull { try reader.skip() }
      self = isNull ? .null : .bool(try reader.bool())
    }
  }

  static func random(_ random: inout SplitMix64, depth: Int = 0) -> CBORSample {
    let bits = UInt64.random(in: 0...63, using: &random)
    // All widths of head come up, not only the widest.
    let number = UInt64.random(in: .min ... .max, using: &random) >> bits
    let count = Int.random(in: 0...(depth < 4 ? 5 : 0), using: &random)
    switch Int.random(in: 0...7, using: &random) {
    case 0: return .unsigned(number)
    case 1: return .negative(~Int64(number >> 1))
    case 2: return .bytes((0..<count * 20).map { _ in .random(in: .min ... .max, using: &random) })
    case 3:
      return .text(
        String((0..<count * 9).compactMap { _ in "aé水𐅑\u{0}".randomElement(using: &random) }))
    case 4: return .array((0..<count).map { _ in .random(&random, depth: depth + 1) })
    case 5:
      return .map(
        (0..<count).map { _ in
          Pair(
            key: .random(&random, depth: depth + 1), value: .random(&random, depth: depth + 1))
        })
    case 6: return .bool(number % 2 == 0)
    default: return .null
    }
  }
}

extension CBORReader {
  /// The byte at which the next item begins.
  fileprivate var nextByte: UInt8? {
    offset < bytes.byteCount ? bytes.littleEndian(UInt8.self, at: offset) : nil
  }
}
