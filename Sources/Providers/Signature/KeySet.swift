// A provider's public keys as it publishes them: a JWK Set (RFC 7517 §5) of Ed25519 keys
// (RFC 8037 §2).

import Wire

/// Ed25519 keys, any of which may have signed.
package struct KeySet: Sendable, Equatable {
  /// Keys read of one set.
  static let keysMax = 32
  /// The largest set, bytes.
  package static let bytesMax = 64 << 10
  /// How long a fetched set may be used, seconds: what the documents of providers allow at most.
  package static let lifeSeconds = 86_400.0
  /// A set is fetched anew when it is this old, seconds: a new key is published before it is used.
  package static let refreshSeconds = 3600.0

  /// 32 bytes each.
  package let publicKeys: [[UInt8]]

  /// Keys of other kinds, and broken ones, are passed over (RFC 7517 §5).
  /// - Returns: nil when the text is no JWK Set or holds no Ed25519 key.
  package init?(_ text: [UInt8]) {
    guard text.count <= KeySet.bytesMax, let json = try? JSON(parsing: text),
      let items = json["keys"]?.array
    else { return nil }
    publicKeys = items.prefix(KeySet.keysMax).compactMap { item in
      guard item["kty"]?.string == "OKP", item["crv"]?.string == "Ed25519",
        let key = item["x"]?.string.flatMap({ Base64.decode($0) }),
        key.count == Ed25519.publicKeyByteCount
      else { return nil }
      return key
    }
    if publicKeys.isEmpty { return nil }
  }
}
