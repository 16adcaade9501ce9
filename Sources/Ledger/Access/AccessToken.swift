// Tokens of the HTTP API: a random text that is shown once and kept as its digest alone.

import Posix
package import Wire

/// A token as it is kept.
package struct AccessToken: Sendable, Equatable {
  /// Unique among the tokens; who acts, in the log.
  package let name: String
  /// SHA-256 of the text. The text is 32 random bytes: nothing slower than a digest is needed.
  package let digest: Digest
  package let scopes: Set<Scope>
  /// One of them must match.
  package let accounts: [AccountPattern]
  package let createdAt: Timestamp
  /// Refused from then on; nil: never.
  package let expiresAt: Timestamp?

  package init(
    name: String, digest: Digest, scopes: Set<Scope>, accounts: [AccountPattern],
    createdAt: Timestamp, expiresAt: Timestamp? = nil
  ) {
    self.name = name
    self.digest = digest
    self.scopes = scopes
    self.accounts = accounts
    self.createdAt = createdAt
    self.expiresAt = expiresAt
  }

  /// A new text: `ldg_` and 32 random bytes in base64url. Shown once, kept nowhere.
  package static func makeText() -> String {
    "ldg_" + Base64.encode(Machine.randomBytes(32), alphabet: .url, padded: false)
  }

  package static func digest(of text: String) -> Digest { SHA256.digest(Array(text.utf8)) }

  package func isValid(at now: Timestamp) -> Bool { expiresAt.map { now < $0 } ?? true }

  /// Without the digest: what `ledger token list` shows.
  package var json: JSON {
    [
      "name": .string(name), "scopes": .array(scopes.sorted().map { .string($0.rawValue) }),
      "accounts": .array(accounts.map { .string($0.description) }),
      "created_at": .time(createdAt), "expires_at": .time(expiresAt),
    ]
  }

  /// As in config.json.
  var kept: JSON {
    guard var object = json.object else { return json }
    object["sha256"] = .string(digest.description)
    return .object(object)
  }

  /// - Throws: `ConfigurationError`: a member is missing or wrong.
  init(kept: JSON) throws(ConfigurationError) {
    guard let name = kept["name"]?.string, !name.isEmpty, name.utf8.count <= Limits.nameBytes,
      let bytes = kept["sha256"]?.string.flatMap({ Hex.bytes($0) }), bytes.count == 32,
      let scopeNames = kept["scopes"]?.array?.compactMap(\.string),
      let accountNames = kept["accounts"]?.array?.compactMap(\.string),
      let created = kept["created_at"]?.string.flatMap({ Timestamp($0) })
    else { throw ConfigurationError("a token lacks name, sha256, scopes, accounts or created_at") }
    let scopes = scopeNames.compactMap { Scope(rawValue: $0) }
    let accounts = accountNames.compactMap { AccountPattern($0) }
    guard scopes.count == scopeNames.count, accounts.count == accountNames.count else {
      throw ConfigurationError("the token \"\(name)\" has an unknown scope or no account pattern")
    }
    self.init(
      name: name, digest: Digest(bytes: bytes), scopes: Set(scopes), accounts: accounts,
      createdAt: created, expiresAt: kept["expires_at"]?.string.flatMap { Timestamp($0) })
  }
}
