// CBOR: the vectors of RFC 8949 inside our subset, and everything outside it refused.

import Support
import Testing

@testable import Wire

@Suite("CBOR", .seeded) struct CBORTests {
  /// RFC 8949 appendix A, what a log may hold.
  static let vectors: [(String, CBORSample)] = [
    ("00", .unsigned(0)), ("01", .unsigned(1)), ("0a", .unsigned(10)), ("17", .unsigned(23)),
    ("1818", .unsigned(24)), ("1819", .unsigned(25)), ("1864", .unsigned(100)),
    ("1903e8", .unsigned(1000)), ("1a000f4240", .unsigned(1_000_000)),
    ("1b000000e8d4a51000", .unsigned(1_000_000_000_000)), ("1bffffffffffffffff", .unsigned(.max)),
    ("20", .negative(-1)), ("29", .negative(-10)), ("3863", .negative(-100)),
    ("3903e7", .negative(-1000)), ("f4", .bool(false)), ("f5", .bool(true)), ("f6", .null),
    ("40", .bytes([])), ("4401020304", .bytes([1, 2, 3, 4])), ("60", .text("")),
    ("6161", .text("a")), ("6449455446", .text("IETF")), ("62225c", .text("\"\\")),
    ("62c3bc", .text("\u{FC}")), ("63e6b0b4", .text("\u{6C34}")),
    ("64f0908591", .text("\u{10151}")), ("80", .array([])),
    ("83010203", .array([.unsigned(1), .unsigned(2), .unsigned(3)])),
    (
      "8301820203820405",
      .array([
        .unsigned(1), .array([.unsigned(2), .unsigned(3)]), .array([.unsigned(4), .unsigned(5)]),
      ])
    ),
    (
      "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
      .array((1...25).map { .unsigned($0) })
    ),
    ("a0", .map([])),
    (
      "a201020304",
      .map([
        .init(key: .unsigned(1), value: .unsigned(2)),
        .init(key: .unsigned(3), value: .unsigned(4)),
      ])
    ),
    (
      "a26161016162820203",
      .map([
        .init(key: .text("a"), value: .unsigned(1)),
        .init(key: .text("b"), value: .array([.unsigned(2), .unsigned(3)])),
      ])
    ),
    (
      "826161a161626163",
      .array([.text("a"), .map([.init(key: .text("b"), value: .text("c"))])])
    ),
    ("3b7fffffffffffffff", .negative(.min)), ("1b7fffffffffffffff", .unsigned(UInt64(Int64.max))),
  ]

  @Test("the RFC's vectors are read, passed over and written byte for byte", arguments: vectors)
  func vector(_ hex: String, _ sample: CBORSample) throws {
    let bytes = try #require(Hex.bytes(hex))
    #expect(try CBORSample(decoding: bytes) == sample)
    #expect(Hex.text(sample.encoded) == hex)
    #expect(try passedOver(bytes) == bytes.count)
  }

  @Test(
    "what the log never holds is refused, whether read or passed over",
    arguments: [
      // RFC 8949 appendix A: bignums and tags, floats, other simple values
      "c249010000000000000000", "c349010000000000000000", "c11a514b67b0", "d74401020304",
      "d818456449455446", "f90000", "f93c00", "fa47c35000", "fb3ff199999999999a", "f97c00",
      "fb7ff8000000000000", "f7", "f0", "f8ff", "f818", "e0",
      // indefinite lengths, a lone break, reserved lengths
      "5f42010243030405ff", "7f657374726561646d696e67ff", "9fff", "bfff", "ff", "1c", "1d", "1e",
      "1f", "3f", "5c", "7d", "9e", "bc", "dc", "fc", "fe",
      // longer than the shortest form
      "1800", "1817", "190000", "1900ff", "1a00000000", "1a0000ffff", "1b0000000000000000",
      "1b00000000ffffffff", "3800", "3817", "3900ff", "3a0000ffff", "3b00000000ffffffff", "5800",
      "580161", "7801ff", "590001ff", "9800", "9900ff", "b800", "b80101", "f814", "f815",
      // cut short
      "", "18", "19ff", "1affffff", "1bffffffffffffff", "38", "41", "4401", "61", "62c3", "81",
      "8201",
      "a1", "a101", "a20102", "5bffffffffffffffff", "7bffffffffffffffff", "9bffffffffffffffff",
      "bbffffffffffffffff", "9a7fffffff", "ba7fffffff00",
    ])
  func refused(_ hex: String) throws {
    let bytes = try #require(Hex.bytes(hex))
    #expect(throws: CBORError.self) { try CBORSample(decoding: bytes) }
    #expect(throws: CBORError.self) { try passedOver(bytes) }
  }

  @Test(
    "text must be UTF-8",
    arguments: ["61ff", "62c328", "63eda080", "64f4908080", "62c080", "61c3", "6180"])
  func notUTF8(_ hex: String) throws {
    let bytes = try #require(Hex.bytes(hex))
    #expect(throws: CBORError.self) { try CBORSample(decoding: bytes) }
  }

  @Test(
    "a signed integer takes 64 bits and no more",
    arguments: ["1b8000000000000000", "1bffffffffffffffff", "3b8000000000000000"])
  func signed(_ hex: String) throws {
    let bytes = try #require(Hex.bytes(hex))
    #expect(throws: CBORError(reason: "expected an integer of 64 bits", offset: 0)) {
      var reader = CBORReader(bytes.bytes)
      _ = try reader.integer()
    }
  }

  @Test("another kind than the expected one is refused where it begins", arguments: 0...7)
  func kinds(_ major: Int) throws {
    let bytes: [UInt8] = [[0x01, 0x20, 0x40, 0x60, 0x80, 0xA0, 0xC0, 0xF5][major]]
    var accepted: [Int] = []
    func attempt(_ kind: Int, _ read: (inout CBORReader) throws -> Void) {
      var reader = CBORReader(bytes.bytes)
      do {
        try read(&reader)
        accepted.append(kind)
      } catch let error as CBORError {
        #expect(error.offset <= 1)
        #expect(error.description.hasPrefix("invalid CBOR at byte \(error.offset): "))
      } catch {
        Issue.record(error)
      }
    }
    attempt(0) { _ = try $0.unsigned() }
    attempt(1) { _ = try $0.integer() }
    attempt(2) { _ = try $0.byteString() }
    attempt(3) { _ = try $0.text() }
    attempt(4) { _ = try $0.array() }
    attempt(5) { _ = try $0.map() }
    attempt(7) { _ = try $0.bool() }
    #expect(accepted == (major == 0 ? [0, 1] : major == 6 ? [] : [major]))
  }

  @Test("nesting ends at the depth limit, for arrays and for maps", arguments: [0x81, 0xA1])
  func depth(_ head: UInt8) throws {
    // [[...]] or {0: {0: ...}}
    func nested(_ depth: Int) -> [UInt8] {
      let level = head == 0xA1 ? [head, 0] : [head]
      return Array(repeatElement(level, count: depth).joined()) + [0]
    }
    let deepest = nested(CBORReader.depthLimit)
    #expect(try passedOver(deepest) == deepest.count)
    for depth in [CBORReader.depthLimit + 1, 100_000] {
      #expect {
        try passedOver(nested(depth))
      } throws: { error in
        (error as? CBORError)?.reason == "nested too deep"
      }
    }
  }

  @Test("random items survive, and are passed over to their very end")
  func roundTrips() throws {
    var random = Seed.generator(for: "CBOR round trips")
    for _ in 0..<2000 {
      let sample = CBORSample.random(&random)
      let bytes = sample.encoded
      #expect(try CBORSample(decoding: bytes) == sample)
      #expect(try passedOver(bytes + [0]) == bytes.count)
    }
  }

  @Test("mutated items never crash; what is accepted has exactly one encoding")
  func mutations() throws {
    var random = Seed.generator(for: "CBOR mutations")
    var accepted = 0
    for _ in 0..<5000 {
      var bytes = CBORSample.random(&random).encoded
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0...2, using: &random) {
        case 0: bytes[index] = .random(in: .min ... .max, using: &random)
        case 1: bytes.insert(.random(in: .min ... .max, using: &random), at: index)
        default: if bytes.count > 1 { bytes.remove(at: index) }
        }
      }
      guard let sample = try? CBORSample(decoding: bytes) else { continue }
      accepted += 1
      #expect(sample.encoded == bytes)
      #expect(try passedOver(bytes) == bytes.count)
    }
    #expect(accepted > 0)
  }

  /// How many bytes `skip` passes over.
  @discardableResult
  private func passedOver(_ bytes: [UInt8]) throws(CBORError) -> Int {
    var reader = CBORReader(bytes.bytes)
    try reader.skip()
    return reader.offset
  }
}
