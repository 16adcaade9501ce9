// HMAC-SHA256, base64 and comparing in constant time, against the vectors of their RFCs.

import Testing
import Wire

@Suite("HMAC, base64 and constant time")
struct SignatureTests {
  @Test(
    "HMAC-SHA256 gives the values of RFC 4231, section 4",
    arguments: [
      (
        [UInt8](repeating: 0x0b, count: 20), "Hi There",
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
      ),
      (
        Array("Jefe".utf8), "what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
      ),
      (
        [UInt8](repeating: 0xaa, count: 131),
        "Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
      ),
    ])
  func hmac(key: [UInt8], message: String, code: String) {
    #expect(Hex.text(HMACSHA256.authenticate(Array(message.utf8), key: key)) == code)
  }

  @Test("an empty key and an empty message have a code too")
  func emptyHMAC() {
    #expect(
      Hex.text(HMACSHA256.authenticate([], key: []))
        == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
  }

  @Test(
    "base64 gives the texts of RFC 4648, section 10, and reads them back",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
      ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
  func base64(plain: String, text: String) {
    #expect(Base64.encode(Array(plain.utf8)) == text)
    #expect(Base64.decode(text) == Array(plain.utf8))
    let bare = Base64.encode(Array(plain.utf8), alphabet: .url, padded: false)
    #expect(bare == text.filter { $0 != "=" })
    #expect(Base64.decode(bare) == Array(plain.utf8))
  }

  @Test("every byte survives in both alphabets", arguments: [Base64.Alphabet.standard, .url])
  func allBytes(alphabet: Base64.Alphabet) {
    let bytes = Array(UInt8.min...UInt8.max) + [0xFB, 0xEF, 0xBE]
    #expect(Base64.decode(Base64.encode(bytes, alphabet: alphabet)) == bytes)
  }

  @Test(
    "what is no base64 is refused",
    arguments: ["Z", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm 9v", "Zm9v\n", "====", "Zg==Zg==", "Zmé"])
  func refused(text: String) { #expect(Base64.decode(text) == nil) }

  @Test("bytes are equal when all of them are")
  func constantTime() {
    #expect(ConstantTime.isEqual([1, 2, 3], [1, 2, 3]))
    #expect(ConstantTime.isEqual([], []))
    #expect(!ConstantTime.isEqual([1, 2, 3], [1, 2, 4]))
    #expect(!ConstantTime.isEqual([0, 2, 3], [1, 2, 3]))
    #expect(!ConstantTime.isEqual([1, 2], [1, 2, 3]))
  }
}
