// Ed25519 signatures (RFC 8032) by OpenSSL's EVP_PKEY.

import CCrypto

/// Signing with a 32-byte seed and checking with the 32-byte public key that follows from it.
package enum Ed25519 {
  /// RFC 8032, section 5.1.5: the private key is 32 random bytes.
  package static let seedByteCount = 32
  package static let publicKeyByteCount = 32
  package static let signatureByteCount = 64

  /// The public key of a seed.
  /// - Precondition: 32 bytes.
  package static func publicKey(ofSeed seed: [UInt8]) -> [UInt8] {
    precondition(seed.count == seedByteCount, "an Ed25519 seed has 32 bytes")
    let key = unsafe EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count)
    defer { unsafe EVP_PKEY_free(key) }
    var bytes = [UInt8](repeating: 0, count: publicKeyByteCount)
    var count = bytes.count
    let code = unsafe EVP_PKEY_get_raw_public_key(key, &bytes, &count)
    precondition(code == 1 && count == publicKeyByteCount, "every seed has a public key")
    return bytes
  }

  /// The signature of `message`; the same for the same seed and message.
  /// - Precondition: a seed of 32 bytes.
  package static func signature(of message: [UInt8], seed: [UInt8]) -> [UInt8] {
    precondition(seed.count == seedByteCount, "an Ed25519 seed has 32 bytes")
    let key = unsafe EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count)
    defer { unsafe EVP_PKEY_free(key) }
    let context = unsafe EVP_MD_CTX_new()
    defer { unsafe EVP_MD_CTX_free(context) }
    var bytes = [UInt8](repeating: 0, count: signatureByteCount)
    var count = bytes.count
    // Ed25519 hashes by itself: no digest is named, and only the one-shot call works.
    let code = unsafe EVP_DigestSignInit(context, nil, nil, nil, key)
    let signed = unsafe EVP_DigestSign(context, &bytes, &count, message, message.count)
    precondition(code == 1 && signed == 1 && count == signatureByteCount, "a seed can sign")
    return bytes
  }

  /// True when the holder of `publicKey`'s seed signed `message`. False for keys and signatures of
  /// the wrong length too.
  package static func isValid(
    _ signature: [UInt8], of message: [UInt8], by publicKey: [UInt8]
  ) -> Bool {
    guard publicKey.count == publicKeyByteCount, signature.count == signatureByteCount,
      let key = unsafe EVP_PKEY_new_raw_public_key(
        EVP_PKEY_ED25519, nil, publicKey, publicKey.count)
    else { return false }
    defer { unsafe EVP_PKEY_free(key) }
    let context = unsafe EVP_MD_CTX_new()
    defer { unsafe EVP_MD_CTX_free(context) }
    guard unsafe EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1 else { return false }
    return unsafe EVP_DigestVerify(
      context, signature, signature.count, message, message.count) == 1
  }
}
