// Hexadecimal in and out.

import Support
import Testing

import Wire

@Suite("Hexadecimal", .seeded) struct HexTests {
  @Test("every byte has its two lower-case digits and comes back")
  func everyByte() {
    let all = Array(UInt8.min...UInt8.max)
    #expect(Hex.text(all).hasPrefix("000102"))
    #expect(Hex.text([0x0F, 0xA0, 0xFF] as [UInt8]) == "0fa0ff")
    #expect(Hex.bytes(Hex.text(all)) == all)
  }

  @Test("either case is read; nothing is nothing")
  func eitherCase() {
    #expect(Hex.bytes("DeadBEEF") == [0xDE, 0xAD, 0xBE, 0xEF])
    #expect(Hex.bytes("") == [])
    #expect(Hex.text([UInt8]()) == "")
  }

  @Test(
    "anything else is refused",
    arguments: [
      "a", "abc", "0x", "0g", "g0", " 0", "0 ", "+1", "-1", "é", "\u{FF11}\u{FF11}", "0\0",
    ])
  func refused(_ text: String) { #expect(Hex.bytes(text) == nil) }

  @Test("random bytes survive")
  func random() {
    var random = Seed.generator(for: "hex")
    for count in 0..<200 {
      let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
      #expect(Hex.bytes(Hex.text(bytes)) == bytes)
      #expect(Hex.text(bytes).utf8.count == 2 * count)
    }
  }
}
