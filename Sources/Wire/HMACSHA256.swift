// HMAC-SHA256 (RFC 2104) by OpenSSL: webhook signatures, JWTs, signed URLs.

import CCrypto

package enum HMACSHA256 {
  package static let byteCount = 32

  /// The 32 bytes that authenticate `message` under `key`; a key of any length.
  package static func authenticate(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
    var code = [UInt8](repeating: 0, count: byteCount)
    var count: UInt32 = 0
    // An empty array may have no address, and without one OpenSSL takes the key for unset.
    let secret = key.isEmpty ? [0] : key
    let done = unsafe HMAC(
      EVP_sha256(), secret, Int32(key.count), message, message.count, &code, &count)
    precondition(unsafe done != nil && count == byteCount, "HMAC-SHA256 cannot fail")
    return code
  }
}
