// Who asks, and what they may do.

import Ledger
import Wire

/// The one on whose behalf a request is carried out.
struct Principal: Sendable, Equatable {
  /// In the log: a token's name, or `local`.
  let name: String
  let scopes: Set<Scope>
  let accounts: [AccountPattern]
  /// Of the token that was shown; nil for whoever needs none. A later token of the same name is
  /// another one.
  let token: Digest?

  /// Whoever sits at this machine, as long as there is no token at all.
  static let local = Principal(
    name: "local", scopes: Set(Scope.allCases), accounts: [.all])
  /// Somebody without any proof; may use what needs none.
  static let nobody = Principal(name: "nobody", scopes: [], accounts: [])

  init(
    name: String, scopes: Set<Scope>, accounts: [AccountPattern], token: Digest? = nil
  ) {
    self.name = name
    self.scopes = scopes
    self.accounts = accounts
    self.token = token
  }

  init(_ token: AccessToken) {
    self.init(
      name: token.name, scopes: token.scopes, accounts: token.accounts, token: token.digest)
  }

  var seesAll: Bool { accounts.contains(.all) }

  func sees(account: String) -> Bool { accounts.contains { $0.matches(account) } }

  /// Without a secret.
  var json: JSON {
    [
      "name": .string(name), "scopes": .array(scopes.sorted().map { .string($0.rawValue) }),
      "accounts": .array(accounts.map { .string($0.description) }),
    ]
  }
}
