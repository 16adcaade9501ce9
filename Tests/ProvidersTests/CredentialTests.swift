// Credentials beyond one token in one header: several forms, and tokens signed for every request.

import Ledger
import Providers
import Testing
import Wire

@Suite("Credentials")
struct CredentialTests {
  private static let signing: JSON = [
    "jwt": ["issuer": "{{env.ACCESS}}", "secret": "{{env.SECRET}}", "ttl_s": 1800, "leeway_s": 5],
    "headers": ["Authorization": "Bearer {{jwt}}"],
  ]

  private func made(
    _ auth: JSON, _ secrets: [String: String],
    at now: Timestamp? = Timestamp("2026-01-01T00:00:00Z")
  ) throws -> ProviderRequest {
    var context = RequestContext.job()
    context.now = now
    return try Fixture.profile(Fixture.small(["auth": auth])).request(.submit, for: context) {
      secrets[$0]
    }
  }

  @Test("of several forms the first whose secrets are all there is used")
  func forms() throws {
    let auth: JSON = ["headers": ["A": ["Key {{env.BOTH}}", "Key {{env.ID}}:{{env.WORD}}"]]]
    let both = ["BOTH": "b", "ID": "i", "WORD": "w"]
    #expect(try made(auth, both).header("a") == "Key b")
    #expect(try made(auth, ["ID": "i", "WORD": "w"]).header("a") == "Key i:w")
    #expect(throws: RequestError.missingSecret("BOTH")) { try made(auth, ["ID": "i"]) }
    let profile = try Fixture.profile(Fixture.small(["auth": auth]))
    #expect(profile.secretNames == ["BOTH", "ID", "WORD"])
    #expect(profile.secretNames { _ in false } == ["BOTH"])
    #expect(profile.secretNames { $0 != "BOTH" } == ["ID", "WORD"])
  }

  @Test("a signed token has the three parts, claims and signature of RFC 7515")
  func token() throws {
    let request = try made(CredentialTests.signing, ["ACCESS": "ak", "SECRET": "sk"])
    let header = try #require(request.header("authorization"))
    #expect(header.hasPrefix("Bearer "))
    let parts = header.dropFirst(7).split(separator: ".")
    try #require(parts.count == 3)
    let first = try JSON(parsing: try #require(Base64.decode(parts[0])))
    #expect(first == ["alg": "HS256", "typ": "JWT"])
    let claims = try JSON(parsing: try #require(Base64.decode(parts[1])))
    #expect(claims == ["iss": "ak", "exp": 1_767_227_400, "nbf": 1_767_225_595])
    let signature = HMACSHA256.authenticate(
      Array("\(parts[0]).\(parts[1])".utf8), key: Array("sk".utf8))
    #expect(Base64.decode(parts[2]) == signature)
    #expect(!header.contains("="))
  }

  @Test("a token is not made without its secrets or without a clock, and is never described")
  func incomplete() throws {
    #expect(throws: RequestError.missingSecret("SECRET")) {
      try made(CredentialTests.signing, ["ACCESS": "ak"])
    }
    #expect(throws: RequestError.missing("jwt")) {
      try made(CredentialTests.signing, ["ACCESS": "ak", "SECRET": "sk"], at: nil)
    }
    let request = try made(CredentialTests.signing, ["ACCESS": "ak", "SECRET": "sk"])
    #expect(!request.description.contains("Bearer"))
  }
}
