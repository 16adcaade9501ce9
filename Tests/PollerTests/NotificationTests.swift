// Notifications and a running poller: the address given away, messages that came too early, public
// keys.

import Glibc
import Ledger
import Poller
import Posix
import Providers
import Support
import Testing
import Wire

@Suite("A poller and notifications", .seeded) struct NotificationTests {
  private func shown(_ rig: Rig, _ id: String) throws -> String? {
    try rig.books.read { snapshot in
      for event in try rig.events(id) {
        guard case .jobDispatched(let body) = event.event, let reply = body.reply else { continue }
        return try snapshot.json(reply)?["webhook"]?.string
      }
      return nil
    }
  }

  @Test("a provider is told where to call once we can be reached, with the job's own signature")
  func address() throws {
    let rig = try Rig(Outside(pace: "0.1"))
    try rig.submit("before")
    try rig.poll()
    #expect(try shown(rig, "before") == nil)
    #expect(try WebhookKey.existing(in: rig.home) == nil)
    try rig.run(.setPolicy(name: "public_url", value: "https://ledger.example.com/books"))
    try rig.submit("after")
    try rig.poll()
    let url = try #require(try shown(rig, "after"))
    #expect(url.hasPrefix("https://ledger.example.com/books/v1/webhooks/replicate?job=after&"))
    let key = try #require(try WebhookKey.existing(in: rig.home))
    #expect(key.job(in: url, provider: "replicate") == .init(id: "after", step: 0))
    #expect(try rig.state("after") == .succeeded)
  }

  @Test("a message that came before its job was known is read by the poller, once")
  func orphan() throws {
    let rig = try Rig(Outside(faults: "status/503:1"))
    let profile = try ProfileRegistry().profile("replicate")
    let body: JSON = [
      "id": "early1", "status": "succeeded", "output": ["https://replicate.delivery/a.mp4"],
    ]
    let now = Timestamp(microseconds: Clock.wallMicroseconds())
    let seconds = now.microseconds / 1_000_000
    let key = Array("ours".utf8)
    let tag = HMACSHA256.authenticate(Array("m1.\(seconds).".utf8) + body.bytes, key: key)
    let check = SignatureCheck(
      secrets: ["REPLICATE_WEBHOOK_SECRET": "whsec_" + Base64.encode(key)], now: now)
    let message = WebhookMessage(
      headers: [
        .init("webhook-id", "m1"), .init("webhook-timestamp", "\(seconds)"),
        .init("webhook-signature", "v1,\(Base64.encode(tag))"),
      ], body: body.bytes)
    let daemon = rig.daemon()
    let result = try WebhookIngest(rig.books, profile, check).take(message)
    #expect(result.outcome == .orphaned)
    let submission = Submission(
      id: "j", account: "acme", provider: "replicate", hold: Credits("2")!)
    try rig.run(
      .track(
        Tracking(
          submission: submission, hasHold: true, handle: FoundHandle(externalID: "early1"))))
    try rig.wait { try rig.state("j") == .succeeded }
    try daemon.finish()
    #expect(try rig.count(.jobNotified, of: "j") == 1)
    #expect(try rig.details("j").job.captured == Credits("2"))
    let notified = try rig.events("j").first { $0.event.type == .jobNotified }
    #expect(notified?.envelope.cause == result.position)
  }

  @Test("public keys are fetched for providers with jobs here, once somebody can reach us")
  func keys() throws {
    let text = Base64.encode(
      Ed25519.publicKey(ofSeed: Array(0..<32)), alphabet: .url, padded: false)
    let set: JSON = ["keys": [["kty": "OKP", "crv": "Ed25519", "x": .string(text)]]]
    let server = try OneFile(set.text)
    let rig = try Rig(Outside())
    try rig.quicken("replicate") { profile in
      profile["webhook"] = [
        "signature": [
          "kind": "ed25519-jwks", "jwks_url": "https://keys.example.com/.well-known/jwks.json",
          "headers": ["signature": "X-S", "timestamp": "X-T"],
          "signed": [["header": "X-T"], "body_sha256"],
        ]
      ]
    }
    try rig.submit("j")
    let daemon = rig.daemon { options in
      options.environment = { name in
        switch name {
        case "LEDGER_BASE_URL_REPLICATE": server.address
        case "REPLICATE_API_TOKEN": "r8_canary"
        default: nil
        }
      }
    }
    let file = KeySetFile(rig.home, provider: "replicate")
    try rig.wait { try rig.state("j") != .submitted }
    #expect(file.fetchedAt == nil)
    try rig.run(.setPolicy(name: "public_url", value: "https://ledger.example.com"))
    try rig.wait { file.fetchedAt != nil }
    try daemon.finish()
    #expect(KeySet(file.read(bytesMax: KeySet.bytesMax)?.text ?? [])?.publicKeys.count == 1)
  }
}

/// Answers every request on loopback with the same JSON.
private final class OneFile: Sendable {
  private let socket: Int32
  private let port: UInt16
  var address: String { "http://127.0.0.1:\(port)" }

  init(_ text: String) throws {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    self.socket = socket
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &place) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, size) == 0 && listen(socket, 64) == 0
          && getsockname(socket, $0, &size) == 0
      }
    }
    guard isBound else { throw RigError(reason: "no port") }
    port = UInt16(bigEndian: place.sin_port)
    let reply = Array(
      "HTTP/1.1 200 OK\r\nContent-Length: \(text.utf8.count)\r\nConnection: close\r\n\r\n\(text)"
        .utf8)
    _ = Daemon(Stop()) {
      while case let client = accept(socket, nil, nil), client >= 0 {
        var buffer = [UInt8](repeating: 0, count: 4096)
        _ = read(client, &buffer, buffer.count)
        _ = send(client, reply, reply.count, Int32(MSG_NOSIGNAL))
        close(client)
      }
      return .stopped
    }
  }

  deinit {
    shutdown(socket, Int32(SHUT_RDWR))
    close(socket)
  }
}
