// Checksums and digests against the vectors of their standards.

import Support
import Testing

@testable import Wire

@Suite("CRC-32C", .seeded) struct CRC32CTests {
  /// RFC 3720 appendix B.4, and the check value of the polynomial's catalogue.
  static let vectors: [([UInt8], UInt32)] = [
    ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
    ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
    (Array(0...31), 0x46DD_794E),
    (Array((0...31).reversed()), 0x113F_DB5C),
    (
      [
        0x01, 0xC0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 0, 0, 0, 0x04, 0, 0, 0, 0,
        0x14, 0, 0, 0, 0x18, 0x28, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0, 0,
      ], 0xD996_3A56
    ),
    (Array("123456789".utf8), 0xE306_9283), ([], 0),
  ]

  @Test("the published vectors", arguments: vectors)
  func vector(_ bytes: [UInt8], _ crc: UInt32) { #expect(CRC32C.checksum(bytes.bytes) == crc) }

  @Test("in parts it is the same as at once, and as bit by bit")
  func parts() {
    var random = Seed.generator(for: "crc parts")
    for count in 0..<300 {
      let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
      let cut = Int.random(in: 0...count, using: &random)
      let (head, tail) = (Array(bytes[..<cut]), Array(bytes[cut...]))
      let whole = CRC32C.checksum(bytes.bytes)
      #expect(CRC32C.checksum(tail.bytes, seed: CRC32C.checksum(head.bytes)) == whole)
      #expect(bitwise(bytes) == whole)
    }
  }

  private func bitwise(_ bytes: [UInt8]) -> UInt32 {
    var crc: UInt32 = .max
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0x82F6_3B78 : 0) }
    }
    return ~crc
  }
}

@Suite("SHA-256", .seeded) struct SHA256Tests {
  /// The examples published with FIPS 180-4, and the empty message.
  static let vectors: [(String, String)] = [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqr"
        + "lmnopqrsmnopqrstnopqrstu",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
    (
      String(repeating: "a", count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ]

  @Test("the published vectors", arguments: vectors)
  func vector(_ message: String, _ hex: String) {
    #expect(SHA256.digest(Array(message.utf8)).description == hex)
  }

  @Test("in parts, and as a link of a chain, it is the same as at once")
  func parts() {
    var random = Seed.generator(for: "sha parts")
    for count in 0..<200 {
      let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
      let previous = SHA256.digest([UInt8(count)])
      let whole = SHA256.digest(previous.bytes + bytes)
      var running = SHA256()
      running.update(previous.bytes)
      for byte in bytes { running.update([byte]) }
      #expect(running.finish() == whole)
      #expect(SHA256.digest(previous.bytes, bytes) == whole)
      #expect(SHA256.link(previous, bytes.bytes) == whole)
    }
  }

  @Test("a digest keeps its 32 bytes in order")
  func bytes() {
    let bytes = Array(UInt8(0)..<32)
    let digest = Digest(bytes: bytes)
    #expect(digest.bytes == bytes)
    #expect(digest.description == Hex.text(bytes))
    #expect(Digest.zero.bytes == [UInt8](repeating: 0, count: 32))
    for index in bytes.indices {
      var other = bytes
      other[index] ^= 1
      #expect(Digest(bytes: other) != digest)
    }
  }

  @Test("a digest of another length is a crash, not a guess")
  func wrongLength() async {
    await #expect(processExitsWith: .failure) {
      _ = Digest(bytes: [UInt8](repeating: 0, count: 31))
    }
  }
}
