// Little-endian integers in and out of bytes.

import Support
import Testing
import Wire

@Suite("Byte order", .seeded) struct ByteOrderTests {
  @Test("the least significant byte comes first, at any offset")
  func order() {
    var bytes: [UInt8] = [0xAA]
    bytes.append(littleEndian: UInt32(0x0403_0201))
    bytes.append(littleEndian: UInt16(0x0605))
    bytes.append(littleEndian: Int64(-2))
    #expect(bytes == [0xAA, 1, 2, 3, 4, 5, 6, 0xFE] + [UInt8](repeating: 0xFF, count: 7))
    #expect(bytes.bytes.littleEndian(UInt32.self, at: 1) == 0x0403_0201)
    #expect(bytes.bytes.littleEndian(UInt16.self, at: 5) == 0x0605)
    #expect(bytes.bytes.littleEndian(Int64.self, at: 7) == -2)
    #expect(bytes.bytes.littleEndian(UInt8.self, at: 0) == 0xAA)
  }

  @Test("random integers survive appending and replacing")
  func random() {
    var random = Seed.generator(for: "byte order")
    for _ in 0..<500 {
      let value = UInt64.random(in: .min ... .max, using: &random)
      let offset = Int.random(in: 0...20, using: &random)
      var bytes = [UInt8](repeating: 7, count: offset)
      bytes.append(littleEndian: value)
      #expect(bytes.bytes.littleEndian(UInt64.self, at: offset) == value)
      bytes.replace(at: offset, littleEndian: ~value)
      #expect(bytes.bytes.littleEndian(UInt64.self, at: offset) == ~value)
      #expect(bytes.bytes.array == bytes && bytes.count == offset + 8)
    }
  }

  @Test("reading past either end is a crash")
  func readingBeyond() async {
    await #expect(processExitsWith: .failure) {
      _ = [1, 2, 3].bytes.littleEndian(UInt32.self, at: 0)
    }
    await #expect(processExitsWith: .failure) {
      _ = [1, 2, 3].bytes.littleEndian(UInt16.self, at: -1)
    }
  }

  @Test("writing past the end is a crash")
  func writingBeyond() async {
    await #expect(processExitsWith: .failure) {
      var bytes: [UInt8] = [1, 2, 3]
      bytes.replace(at: 2, littleEndian: UInt16(1))
    }
  }
}
