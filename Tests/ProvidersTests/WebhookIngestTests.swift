// Notifications into real books, one at a time.

import Ledger
import Posix
import Providers
import Support
import Testing
import Wire

@Suite("Taking notifications") struct WebhookIngestTests {
  @Test("a signed verdict is applied, its repetition is a duplicate, both durable when answered")
  func applied() throws {
    let mail = try Mailbox()
    try mail.scenario.given(.track())
    let message = mail.message("p1", "succeeded", delivery: "m1")
    let first = try mail.ingest().take(message)
    #expect(first.outcome == .applied && first.job == "j1" && first.state == .succeeded)
    #expect(try first.verified && first.isRecorded && first.position == mail.scenario.head())
    for _ in 0..<3 {
      let again = try mail.ingest().take(message)
      #expect(again.outcome == .duplicate && !again.isRecorded)
      #expect(again.position == first.position)
    }
    // That it came again is noted once, however often it does.
    #expect(try mail.scenario.head() == first.position + 1)
    #expect(try mail.job("j1").captured == Credits("5"))
  }

  @Test("the raw bytes are kept, whatever JSON would make of them")
  func raw() throws {
    let mail = try Mailbox()
    try mail.scenario.given(.track())
    let message = mail.message("p1", "processing", delivery: "m1")
    _ = try mail.ingest().take(message)
    let kept = try mail.books.read { snapshot -> [UInt8]? in
      guard case .jobNotified(let body)? = try snapshot.log.event(at: snapshot.head)?.event else {
        return nil
      }
      return try body.reply.flatMap { try snapshot.bytes($0) }
    }
    #expect(kept == message.body)
  }

  @Test("a wrong signature is rejected and changes no job; a missing secret only makes us look")
  func unbelieved() throws {
    let mail = try Mailbox()
    try mail.scenario.given(.track())
    let forged = mail.message("p1", "succeeded", delivery: "m1", isSigned: false)
    let rejected = try mail.ingest().take(forged)
    #expect(rejected.outcome == .rejected && rejected.rejection == .signature && !rejected.verified)
    #expect(try mail.job("j1").state == .dispatched)
    mail.scenario.clock.step(seconds: 10)
    try mail.scenario.given(.observe(.pending(at: mail.scenario.clock.after(seconds: 60))))
    let seen = try mail.ingest(knowsSecret: false).take(forged)
    #expect(seen.outcome == .triggeredCheck && !seen.verified && seen.reason != nil)
    let job = try mail.job("j1")
    #expect(job.state == .running && job.nextAt == mail.scenario.clock.now)
    #expect(job.captured == .zero && job.released == .zero)
    let signed = mail.message("p1", "succeeded", delivery: "m1")
    #expect(try mail.ingest().take(signed).outcome == .applied)
  }

  @Test("an old signature is stale")
  func stale() throws {
    let mail = try Mailbox()
    try mail.scenario.given(.track())
    let message = mail.message("p1", "succeeded", delivery: "m1")
    mail.scenario.clock.step(seconds: 301)
    #expect(try mail.ingest().take(message).rejection == .stale)
    #expect(try mail.job("j1").state == .dispatched)
  }

  @Test("a body that is no JSON, or names no job, is malformed")
  func malformed() throws {
    let mail = try Mailbox()
    for body in ["{", "{}", #"{"id":1,"id":2}"#, ""] {
      let message = WebhookMessage(headers: [], body: Array(body.utf8))
      let result = try mail.ingest(knowsSecret: false).take(message)
      #expect(result.outcome == .rejected && result.rejection == .malformed, "\(body)")
    }
  }

  @Test("a message before its job waits, and is applied once when the job is known")
  func orphan() throws {
    let mail = try Mailbox()
    let message = mail.message("p1", "failed", delivery: "m1")
    let kept = try mail.ingest().take(message)
    #expect(kept.outcome == .orphaned && kept.job == nil && kept.isRecorded)
    #expect(try mail.ingest().take(message).outcome == .duplicate)
    try mail.scenario.given(.track())
    #expect(try mail.readOrphans() == 1)
    #expect(try mail.readOrphans() == 0)
    let job = try mail.job("j1")
    #expect(job.state == .failed && job.released == Credits("5"))
    #expect(try mail.ingest().take(message).outcome == .duplicate)
  }

  @Test("an address of ours names its job; one that was touched names none")
  func address() throws {
    let mail = try Mailbox()
    try mail.scenario.given(.submit(), .start(), .doubt())
    let key = try WebhookKey.ofHome(mail.books.home)
    let url = key.url(
      "https://ledger.example.com/", provider: "replicate", job: .init(id: "j1", step: 0))
    #expect(url.hasPrefix("https://ledger.example.com/v1/webhooks/replicate?job=j1&step=1&sig="))
    let message = mail.message("p1", "succeeded", delivery: "m1")
    let ingest = try mail.ingest()
    for wrong in [
      url.replacing("job=j1", with: "job=j2"), url.replacing("step=1", with: "step=2"),
      String(url.dropLast(2)), url + "&job=j1", url.replacing("sig=", with: "sgi="),
      "https://ledger.example.com/v1/webhooks/replicate",
    ] {
      #expect(key.job(in: wrong, provider: "replicate") == nil, "\(wrong)")
    }
    #expect(key.job(in: url, provider: "other") == nil)
    #expect(key.job(in: url + "&more=1#end", provider: "replicate")?.id == "j1")
    let result = try ingest.take(message, url: url)
    #expect(result.outcome == .applied && result.job == "j1" && result.state == .succeeded)
  }

  @Test("the key of addresses is the owner's alone, made once, and refused when others can read it")
  func key() throws {
    let home = try TemporaryHome()
    let job = Notification.NamedJob(id: "j", step: 0)
    let first = try WebhookKey.ofHome(home.home).url("https://x", provider: "p", job: job)
    #expect(try WebhookKey.ofHome(home.home).url("https://x", provider: "p", job: job) == first)
    let path = home.path("keys/webhook")
    #expect(try FileSystem.status(path)?.permissions == 0o600)
    let bytes = try #require(try FileSystem.read(path))
    try FileSystem.replace(path, with: bytes, mode: 0o644)
    #expect(throws: BooksError.self) { try WebhookKey.ofHome(home.home) }
    let other = try TemporaryHome()
    #expect(try WebhookKey.existing(in: other.home) == nil)
    #expect(
      try WebhookKey.ofHome(other.home).url("https://x", provider: "p", job: job) != first)
  }

  @Test("fetched public keys serve for a day")
  func keySetFile() throws {
    let home = try TemporaryHome()
    let profile = try Fixture.profile(
      Fixture.small([
        "webhook": [
          "signature": [
            "kind": "ed25519-jwks", "jwks_url": "https://keys.example.com/jwks.json",
            "headers": ["signature": "X-S", "timestamp": "X-T"],
            "signed": [["header": "X-T"], "body_sha256"],
          ]
        ]
      ]))
    let public64 = Base64.encode(
      Ed25519.publicKey(ofSeed: Array(0..<32)), alphabet: .url, padded: false)
    let set: JSON = ["keys": [["kty": "OKP", "crv": "Ed25519", "x": .string(public64)]]]
    let file = KeySetFile(home.home, provider: "small")
    #expect(file.fetchedAt == nil)
    try file.write(set.bytes)
    let fetched = try #require(file.fetchedAt)
    for (age, isFresh) in [(0.0, true), (86_000, true), (86_500, false)] {
      let check = try SignatureCheck(
        profile, in: home.home, now: fetched.advanced(seconds: age), environment: { _ in nil })
      #expect((check.keys != nil) == isFresh)
    }
  }
}
