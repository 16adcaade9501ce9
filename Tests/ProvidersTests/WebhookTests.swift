// What notifications say, and how a provider is told where to send them.

import Foundation
import Ledger
import Testing
import Wire

@testable import Providers

@Suite("Notifications") struct WebhookTests {
  /// A provider whose messages have words of their own and wrap the usual reply.
  static let wrapped = Fixture.small([
    "webhook": [
      "parameter": ["query": "hook"], "external_id": "/request_id",
      "delivery_id": ["pointers": "/delivery"],
      "state": ["pointers": "/status", "words": ["OK": "succeeded", "ERROR": "failed"]],
      "payload": "/payload", "challenge": "/challenge",
    ],
    "error": ["pointers": ["/error", "/detail"]],
    "classify": [["when": ["matches": ["/detail/*/type": "policy"]], "class": "moderated"]],
  ])

  private func read(_ profile: Profile, _ body: JSON, _ handle: ProviderHandle = .init())
    -> ReplyReading
  {
    profile.readWebhook(
      WebhookMessage(headers: [], body: body.bytes), for: .job(handle: handle))
  }

  @Test("own words decide, and outputs and errors are read inside the payload")
  func payload() throws {
    let profile = try Fixture.profile(Self.wrapped)
    let good = read(
      profile,
      ["request_id": "r1", "status": "OK", "payload": ["url": "https://x.example.com/a.mp4"]])
    #expect(good.state == .succeeded && good.externalID == "r1" && good.outputs.count == 1)
    let bad = read(
      profile, ["request_id": "r1", "status": "ERROR", "error": "no", "payload": ["detail": "x"]])
    #expect(bad.state == .failed && bad.failureClass == .providerFailed && bad.error == "x")
    let moderated = read(
      profile,
      [
        "request_id": "r1", "status": "ERROR",
        "payload": ["detail": [["type": "policy", "msg": "m"]]],
      ])
    #expect(moderated.failureClass == .moderated && moderated.replyClass == .moderated)
  }

  @Test("a success whose outputs are not in the message is no verdict: they are fetched")
  func finished() throws {
    let profile = try Fixture.profile(Self.wrapped)
    for payload in [JSON.null, [:]] {
      let reading = read(profile, ["request_id": "r1", "status": "OK", "payload": payload])
      #expect(reading.state == .pending && reading.mustFetchResult)
    }
    let replicate = try Fixture.builtIn("replicate")
    let reading = read(replicate, ["id": "p1", "status": "succeeded", "output": nil])
    #expect(reading.state == .pending && reading.mustFetchResult)
  }

  @Test("an unknown word, no word, and no JSON are never verdicts")
  func unknown() throws {
    let profile = try Fixture.profile(Self.wrapped)
    #expect(read(profile, ["request_id": "r1", "status": "COMPLETED"]).replyClass == .unknownWord)
    #expect(read(profile, ["request_id": "r1"]).state == .unknown)
    let raw = profile.readWebhook(WebhookMessage(headers: [], body: [0x7B]), for: .job())
    #expect(raw.state == .unknown && raw.externalID == nil)
  }

  @Test("a message about another job than the known one says nothing of it")
  func other() throws {
    let replicate = try Fixture.builtIn("replicate")
    let reading = read(
      replicate, ["id": "p2", "status": "failed", "error": "x"],
      ProviderHandle(externalID: "p1"))
    #expect(reading.state == .unknown && !reading.warnings.isEmpty && reading.externalID == "p2")
  }

  @Test("the id of a delivery is the message's own, or its digest, and always a key")
  func deliveries() throws {
    func id(_ profile: Profile, _ body: JSON, _ headers: [Reply.Header] = []) -> String? {
      profile.content(of: WebhookMessage(headers: headers, body: body.bytes))?.deliveryID
    }
    let wrapped = try Fixture.profile(Self.wrapped)
    #expect(id(wrapped, ["delivery": "d-1"]) == "d-1")
    let odd = try #require(id(wrapped, ["delivery": "d 1"]))
    #expect(odd.hasPrefix("id:") && odd != id(wrapped, ["delivery": "d 2"]))
    let own = try #require(id(wrapped, ["a": 1]))
    #expect(
      own.hasPrefix("sha256:") && own == id(wrapped, ["a": 1]) && own != id(wrapped, ["a": 2]))
    #expect([odd, own].allSatisfy { $0.utf8.count <= 128 })
    let replicate = try Fixture.builtIn("replicate")
    #expect(id(replicate, ["a": 1], [.init("Webhook-ID", "msg_1")]) == "msg_1")
  }

  @Test("a challenge is found where there is no job, and only there")
  func challenge() throws {
    let profile = try Fixture.profile(Self.wrapped)
    func challenge(_ body: JSON) -> String? {
      profile.content(of: WebhookMessage(headers: [], body: body.bytes))?.challenge
    }
    #expect(challenge(["challenge": "abc"]) == "abc")
    #expect(challenge(["challenge": "abc", "request_id": "r1"]) == nil)
    #expect(challenge(["challenge": .string(String(repeating: "a", count: 1025))]) == nil)
  }

  @Test("a submit says where to call, in its query or body, only when we can be reached")
  func parameter() throws {
    let address = "https://ledger.example.com/v1/webhooks/small?job=j&step=1&sig=a"
    var context = RequestContext.job(input: ["prompt": "a"])
    let wrapped = try Fixture.profile(Self.wrapped)
    let before = try wrapped.request(.submit, for: context, secrets: secrets)
    #expect(before.url.query == nil)
    context.webhookURL = address
    let query = try wrapped.request(.submit, for: context, secrets: secrets)
    #expect(
      query.url.query
        == "hook=https%3A%2F%2Fledger.example.com%2Fv1%2Fwebhooks%2Fsmall%3Fjob%3Dj%26step%3D1"
        + "%26sig%3Da")
    #expect(query.body == before.body)
    context.model = "owner/name"
    let body = try Fixture.builtIn("replicate").request(.submit, for: context, secrets: secrets)
    let json = try JSON(parsing: try #require(body.body))
    #expect(json["webhook"] == .string(address) && json["input"] == ["prompt": "a"])
    #expect(json["webhook_events_filter"] == ["completed"])
    context.handle.externalID = "p1"
    let status = try Fixture.builtIn("replicate").request(.status, for: context, secrets: secrets)
    #expect(status.body == nil && status.url.query == nil)
  }

  @Test("a section for a queue that signs with published keys verifies and reads its message")
  func published() throws {
    let webhook: JSON = [
      "parameter": ["query": "fal_webhook"], "external_id": "/request_id",
      "state": ["pointers": "/status", "words": ["OK": "succeeded", "ERROR": "failed"]],
      "payload": "/payload",
      "signature": [
        "kind": "ed25519-jwks", "jwks_url": "https://rest.fal.ai/.well-known/jwks.json",
        "headers": [
          "signature": "X-Fal-Webhook-Signature", "timestamp": "X-Fal-Webhook-Timestamp",
        ],
        "signed": [
          ["header": "X-Fal-Webhook-Request-Id"], ["header": "X-Fal-Webhook-User-Id"],
          ["header": "X-Fal-Webhook-Timestamp"], "body_sha256",
        ],
        "tolerance_s": 300,
      ],
    ]
    let profile = try Fixture.profile(Fixture.small(["webhook": webhook]))
    let url = try #require(profile.keySetURL)
    #expect(url.description == "https://rest.fal.ai/.well-known/jwks.json")
    let moved = try profile.resolve(baseOverride: "http://127.0.0.1:8080")
    #expect(moved.keySetURL?.description == "http://127.0.0.1:8080/.well-known/jwks.json")
    let body: JSON = [
      "request_id": "r1", "status": "OK", "payload": ["url": "https://v3.fal.media/a.mp4"],
    ]
    let digest = SHA256.digest(body.bytes).description
    let seed = [UInt8](repeating: 9, count: 32)
    let signature = Ed25519.signature(of: Array("r1\nu1\n1800000000\n\(digest)".utf8), seed: seed)
    let message = WebhookMessage(
      headers: [
        .init("x-fal-webhook-request-id", "r1"), .init("x-fal-webhook-user-id", "u1"),
        .init("x-fal-webhook-timestamp", "1800000000"),
        .init("x-fal-webhook-signature", Hex.text(signature)),
      ], body: body.bytes)
    let key = Base64.encode(Ed25519.publicKey(ofSeed: seed), alphabet: .url, padded: false)
    let set: JSON = ["keys": [["kty": "OKP", "crv": "Ed25519", "x": .string(key)]]]
    let check = SignatureCheck(
      keys: KeySet(set.bytes), now: Timestamp(microseconds: 1_800_000_100_000_000))
    let rule = try #require(profile.webhook?.signature)
    #expect(check.verdict(message, by: rule) == .verified)
    let reading = profile.readWebhook(message, for: .job())
    #expect(reading.state == .succeeded && reading.externalID == "r1")
  }

  @Test(
    "what a profile says wrongly of its notifications is named by its place",
    arguments: [
      (["parameter": ["query": "a", "body": "/b"]], "/webhook/parameter/body"),
      (["parameter": [:]], "/webhook/parameter"),
      (["submit_body": ["a": 1]], "/webhook/submit_body"),
      (["delivery_id": [:]], "/webhook/delivery_id"),
      (["state": ["pointers": "/s"]], "/webhook/state/words"),
      (["signature": ["kind": "hmac"]], "/webhook/signature/kind"),
      (["signature": ["kind": "standard-webhooks"]], "/webhook/signature/secrets"),
      (
        ["signature": ["kind": "shared-secret-header", "secrets": ["S"]]],
        "/webhook/signature/headers"
      ),
      (
        [
          "signature": [
            "kind": "ed25519-jwks", "jwks_url": "http://keys.example.com/",
            "headers": ["signature": "S", "timestamp": "T"],
            "signed": [["header": "T"], "body_sha256"],
          ]
        ], "/webhook/signature/jwks_url"
      ),
      (
        [
          "signature": [
            "kind": "ed25519-jwks", "jwks_url": "https://keys.example.com/",
            "headers": ["signature": "S", "timestamp": "T"], "signed": [["header": "T"]],
          ]
        ], "/webhook/signature/signed"
      ),
      (["paylod": "/p"], "/webhook/paylod"),
    ] as [(JSON, String)])
  func lint(_ webhook: JSON, _ pointer: String) {
    let problems = Profile.lint(Fixture.small(["webhook": webhook]))
    #expect(problems.contains { $0.pointer == pointer && $0.severity == .error }, "\(problems)")
  }
}

/// The recorded notifications, where they are at hand.
@Suite("Recorded notifications") struct RecordedWebhookTests {
  private func recorded(_ name: String) throws -> JSON? {
    guard let folder = ProcessInfo.processInfo.environment["LEDGER_RECORDINGS"] else { return nil }
    let file = URL(filePath: folder).appending(path: name)
    return try JSON(parsing: Array(try Data(contentsOf: file)))["webhook"]
  }

  private func message(_ webhook: JSON) -> WebhookMessage {
    WebhookMessage(
      headers: (webhook["headers"]?.object?.members ?? []).map {
        .init($0.name, $0.value.string ?? "")
      },
      body: webhook["raw_body"]?.string.map { Array($0.utf8) } ?? webhook["body"]?.bytes ?? [])
  }

  @Test("the recorded vector verifies by its own secret and by no other")
  func vector() throws {
    guard let webhook = try recorded("replicate/webhook-signature-vector.json") else { return }
    var rule = StandardWebhooksRule(secrets: ["S"])
    rule.toleranceSeconds = 0
    let secret = try #require(webhook["secret"]?.string)
    for (value, isRight) in [(secret, true), (secret + "BBBB", false)] {
      let check = SignatureCheck(secrets: ["S": value], now: Timestamp(microseconds: 0))
      let verdict = check.verdict(message(webhook), by: .standardWebhooks(rule))
      #expect(verdict.isVerified == isRight)
    }
  }

  @Test("a recorded message of a queue is read, with integers beyond 64 bits")
  func queue() throws {
    guard let webhook = try recorded("fal/webhook-signed-ok.json") else { return }
    let profile = try Fixture.profile(
      Fixture.small([
        "outputs": [["items": "/images/*"]],
        "webhook": [
          "external_id": "/request_id", "payload": "/payload",
          "state": ["pointers": "/status", "words": ["OK": "succeeded", "ERROR": "failed"]],
        ],
      ]))
    let reading = profile.readWebhook(message(webhook), for: .job())
    #expect(reading.state == .succeeded && reading.outputs.count == 1)
    #expect(reading.externalID == "5057fca7-2eb3-468f-b95d-cefe92b0b9d4")
    guard let failed = try recorded("fal/webhook-error-404-payload-error.json") else { return }
    #expect(profile.readWebhook(message(failed), for: .job()).state == .failed)
  }
}
