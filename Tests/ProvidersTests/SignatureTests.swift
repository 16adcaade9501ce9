// Whose message is this? Vectors of our own, and every way in which a signature can be wrong.

import Ledger
import Support
import Testing
import Wire

@testable import Providers

@Suite("Signatures of notifications", .seeded) struct SignatureTests {
  private static let moment = Timestamp(microseconds: 1_800_000_000_000_000)
  private static let body = Array(#"{"id":"p1","seed":17454220438242315174}"#.utf8)
  private static let secret = "whsec_" + Base64.encode(Array("a secret of our own".utf8))
  private static let rule = SignatureRule.standardWebhooks(StandardWebhooksRule(secrets: ["S"]))

  private static func sign(
    _ body: [UInt8] = body, id: String = "msg_1", at seconds: Int64 = 1_800_000_000,
    secret: String = secret
  ) -> String {
    let key = Base64.decode(secret.dropFirst(6))!
    return "v1,"
      + Base64.encode(
        HMACSHA256.authenticate(Array("\(id).\(seconds).".utf8) + body, key: key))
  }

  private static func message(
    _ signature: String?, id: String? = "msg_1", at seconds: String? = "1800000000",
    _ more: [Reply.Header] = [], body: [UInt8] = body
  ) -> WebhookMessage {
    var headers = more
    if let id { headers.append(.init("Webhook-Id", id)) }
    if let seconds { headers.append(.init("webhook-timestamp", seconds)) }
    if let signature { headers.append(.init("WEBHOOK-SIGNATURE", signature)) }
    return WebhookMessage(headers: headers, body: body)
  }

  private func verdict(
    _ message: WebhookMessage, secrets: [String: String] = ["S": secret], now: Timestamp = moment
  ) -> SignatureVerdict {
    SignatureCheck(secrets: secrets, now: now).verdict(message, by: Self.rule)
  }

  private func isRejected(_ verdict: SignatureVerdict, _ reason: Rejection = .signature) -> Bool {
    if case .rejected(reason, _) = verdict { true } else { false }
  }

  @Test("the published test vector verifies when its age is not asked for")
  func vector() {
    let message = Self.message(
      "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
      at: "1614265330", body: Array(#"{"test": 2432232314}"#.utf8))
    let secrets = ["S": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
    #expect(isRejected(verdict(message, secrets: secrets), .stale))
    var rule = StandardWebhooksRule(secrets: ["S"])
    rule.toleranceSeconds = 0
    let check = SignatureCheck(secrets: secrets, now: Self.moment)
    #expect(check.verdict(message, by: .standardWebhooks(rule)) == .verified)
  }

  @Test("one right signature among several, and one right secret among several, is enough")
  func rotation() {
    let other = "whsec_" + Base64.encode(Array("the new one".utf8))
    let both = Self.sign(secret: other) + " v2,xyz " + Self.sign()
    #expect(verdict(Self.message(both)) == .verified)
    for list in ["\(other) \(Self.secret)", "\(other),\(Self.secret)", "\(Self.secret), \(other)"] {
      #expect(verdict(Self.message(Self.sign()), secrets: ["S": list]) == .verified)
    }
    #expect(isRejected(verdict(Self.message(Self.sign()), secrets: ["S": other])))
  }

  @Test("within the tolerance on either side it is fresh, beyond it a replay")
  func tolerance() {
    for (offset, isFresh) in [(0, true), (300, true), (-300, true), (301, false), (-301, false)] {
      let now = Self.moment.advanced(seconds: Double(offset))
      let verdict = verdict(Self.message(Self.sign()), now: now)
      #expect(verdict == .verified ? isFresh : isRejected(verdict, .stale) && !isFresh)
    }
  }

  @Test("headers that are missing, doubled or strange are no signature")
  func headers() {
    let right = Self.sign()
    let messages = [
      Self.message(nil), Self.message(right, id: nil), Self.message(right, at: nil),
      Self.message(right, [.init("webhook-id", "msg_1")]),
      Self.message(right, [.init("Webhook-Signature", right)]),
      Self.message(right, id: "msg_é"), Self.message(right, at: "18e8"),
      Self.message(right, at: "-1800000000"), Self.message(right, at: "99999999999999999999"),
      Self.message("v1a," + right.dropFirst(3)), Self.message(String(right.dropFirst(3))),
      Self.message("v1," + String(repeating: "A", count: 9000)), Self.message("v1,"),
      Self.message(""),
    ]
    for message in messages { #expect(isRejected(verdict(message)), "\(message.headers)") }
  }

  @Test("no changed byte of body, id, time or signature verifies")
  func flips() {
    var dice = Seed.generator(for: "flips")
    for _ in 0..<200 {
      var body = Self.body
      let index = Int.random(in: body.indices, using: &dice)
      body[index] ^= 1 << UInt8.random(in: 0..<8, using: &dice)
      #expect(isRejected(verdict(Self.message(Self.sign(), body: body))))
    }
    #expect(isRejected(verdict(Self.message(Self.sign(), id: "msg_2"))))
    #expect(isRejected(verdict(Self.message(Self.sign(), at: "1800000001"))))
    // The same JSON written otherwise is another body.
    let again = try? JSON(parsing: Array(#"{ "id":"p1","seed":17454220438242315174}"#.utf8)).bytes
    #expect(again == Self.body)
    let spaced = Array(#"{ "id":"p1","seed":17454220438242315174}"#.utf8)
    #expect(isRejected(verdict(Self.message(Self.sign(), body: spaced))))
  }

  @Test("without a secret nobody can say, and neither verified nor refused is said")
  func noSecret() {
    for secrets in [[:], ["S": ""], ["S": "whsec_!!"], ["S": "whsec_"]] {
      guard case .unverified(let reason) = verdict(Self.message(Self.sign()), secrets: secrets)
      else {
        Issue.record("\(secrets)")
        continue
      }
      #expect(reason.contains("S") && !reason.contains("!!"))
    }
    let none = SignatureCheck(now: Self.moment).verdict(Self.message(nil), by: .none)
    #expect(!none.isVerified && !isRejected(none))
  }

  @Test("a shared secret is compared whole, and two of them are valid during a rotation")
  func shared() {
    let rule = SignatureRule.sharedSecret(SharedSecretRule(secrets: ["S"], header: "X-Secret"))
    let check = SignatureCheck(secrets: ["S": "old new"], now: Self.moment)
    for (given, isRight) in [("old", true), ("new", true), ("ol", false), ("old new", false)] {
      let message = WebhookMessage(headers: [.init("x-secret", given)], body: [])
      #expect(check.verdict(message, by: rule).isVerified == isRight)
    }
    #expect(isRejected(check.verdict(WebhookMessage(headers: [], body: []), by: rule)))
  }

  @Test("an Ed25519 signature verifies by any published key, over headers and the body's digest")
  func keySet() throws {
    let seed = Array(UInt8(0)..<32)
    let names = ["X-Request-Id", "X-User-Id", "X-Timestamp"]
    let rule = KeySetRule(
      url: WebAddress("https://keys.example.com/jwks.json")!, signatureHeader: "X-Signature",
      timestampHeader: "X-Timestamp", parts: names.map { .header($0) } + [.bodyDigest])
    let digest = SHA256.digest(Self.body).description
    let signed = Array("r1\nu1\n1800000000\n\(digest)".utf8)
    let signature = Hex.text(Ed25519.signature(of: signed, seed: seed))
    func message(_ user: String = "u1", _ signature: String) -> WebhookMessage {
      WebhookMessage(
        headers: zip(names, ["r1", user, "1800000000"]).map { .init($0, $1) }
          + [.init("x-signature", signature)], body: Self.body)
    }
    func key(_ seed: [UInt8]) -> JSON {
      [
        "kty": "OKP", "crv": "Ed25519",
        "x": .string(Base64.encode(Ed25519.publicKey(ofSeed: seed), alphabet: .url, padded: false)),
      ]
    }
    let others: [JSON] = [["kty": "RSA"], ["kty": "OKP", "crv": "X25519", "x": "AA"], 7]
    let set: JSON = ["keys": .array(others + [key(seed.reversed()), key(seed)])]
    let keys = try #require(KeySet(set.bytes))
    #expect(keys.publicKeys.count == 2)
    let check = SignatureCheck(keys: keys, now: Self.moment)
    #expect(check.verdict(message("u1", signature), by: .keySet(rule)) == .verified)
    #expect(isRejected(check.verdict(message("u2", signature), by: .keySet(rule))))
    #expect(isRejected(check.verdict(message("u1", "zz"), by: .keySet(rule))))
    let late = SignatureCheck(keys: keys, now: Self.moment.advanced(seconds: 301))
    #expect(isRejected(late.verdict(message("u1", signature), by: .keySet(rule)), .stale))
    let none = SignatureCheck(now: Self.moment).verdict(message("u1", signature), by: .keySet(rule))
    #expect(!none.isVerified && !isRejected(none))
  }

  @Test(
    "what is no set of Ed25519 keys is none",
    arguments: [
      "", "{", "[]", "{}", #"{"keys":[]}"#, #"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AAAA"}]}"#,
    ])
  func noKeys(_ text: String) { #expect(KeySet(Array(text.utf8)) == nil) }
}
