// Ed25519 against the vectors of RFC 8032, section 7.1.

import Testing
import Wire

@Suite("Ed25519") struct Ed25519Tests {
  /// Secret key, public key, message, signature.
  static let vectors = [
    (
      "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    ),
    (
      "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    ),
    (
      "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
      "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    ),
  ]

  @Test("keys and signatures are those of RFC 8032", arguments: 0..<3)
  func vector(_ index: Int) throws {
    let (secret, key, text, signed) = Ed25519Tests.vectors[index]
    let seed = try #require(Hex.bytes(secret))
    let publicKey = Ed25519.publicKey(ofSeed: seed)
    #expect(Hex.text(publicKey) == key)
    let message = try #require(Hex.bytes(text))
    let signature = Ed25519.signature(of: message, seed: seed)
    #expect(Hex.text(signature) == signed)
    #expect(Ed25519.isValid(signature, of: message, by: publicKey))
  }

  @Test("another message, key or signature is not valid, nor one of another length")
  func refusals() throws {
    let seed = [UInt8](repeating: 7, count: 32)
    let (key, message) = (Ed25519.publicKey(ofSeed: seed), Array("message".utf8))
    let signature = Ed25519.signature(of: message, seed: seed)
    #expect(!Ed25519.isValid(signature, of: message + [0], by: key))
    let other = Ed25519.publicKey(ofSeed: [UInt8](repeating: 8, count: 32))
    #expect(!Ed25519.isValid(signature, of: message, by: other))
    #expect(!Ed25519.isValid(Array(signature.dropLast()), of: message, by: key))
    #expect(!Ed25519.isValid(signature, of: message, by: Array(key.dropLast())))
    for index in signature.indices {
      var flipped = signature
      flipped[index] ^= 1
      #expect(!Ed25519.isValid(flipped, of: message, by: key))
    }
  }
}
