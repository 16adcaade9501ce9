// Notifications as a provider would send them: signed, numbered, about jobs of real books.

import Ledger
import Providers
import Support
import Testing
import Wire

/// Books with a provider that signs what it sends.
struct Mailbox {
  static let secret = "whsec_" + Base64.encode(Array("the provider's and ours".utf8))

  let scenario: Scenario
  let profile: Profile

  init() throws {
    scenario = try Scenario()
    profile = try Fixture.builtIn("replicate")
    try scenario.given(.grant("1000000"))
  }

  var books: Books { scenario.books }

  /// - Parameter knowsSecret: false where nobody has set the secret.
  func ingest(knowsSecret: Bool = true) throws -> WebhookIngest {
    let secrets = knowsSecret ? ["REPLICATE_WEBHOOK_SECRET": Mailbox.secret] : [:]
    let check = SignatureCheck(secrets: secrets, now: scenario.clock.now)
    return try WebhookIngest(books, profile, check)
  }

  /// The provider's message: the whole prediction.
  func body(_ id: String, _ status: String) -> [UInt8] {
    let output: JSON =
      status == "succeeded" ? [.string("https://replicate.delivery/\(id).mp4")] : .null
    let json: JSON = [
      "id": .string(id), "status": .string(status), "output": output,
      "error": status == "failed" ? "it broke" : .null,
    ]
    return json.bytes
  }

  /// - Parameter delivery: the same for each sending of one message.
  func message(
    _ id: String, _ status: String, delivery: String, isSigned: Bool = true
  ) -> WebhookMessage {
    let body = body(id, status)
    let seconds = scenario.clock.now.microseconds / 1_000_000
    let key = Base64.decode(Mailbox.secret.dropFirst(6))!
    let tag = HMACSHA256.authenticate(Array("\(delivery).\(seconds).".utf8) + body, key: key)
    let signature = isSigned ? Base64.encode(tag) : Base64.encode(Array(tag.reversed()))
    return WebhookMessage(
      headers: [
        .init("webhook-id", delivery), .init("webhook-timestamp", String(seconds)),
        .init("webhook-signature", "v1,\(signature)"),
      ], body: body)
  }

  /// Reads what waited for jobs that are known by now, as the poller does every turn.
  @discardableResult
  func readOrphans() throws -> Int {
    let commands = try books.read { snapshot in
      try snapshot.readyOrphans(limit: 10_000).compactMap { orphan -> Command? in
        guard let details = try snapshot.details(orphan.job),
          case .notificationOrphaned(let body)? =
            try snapshot.log.event(at: orphan.position)?.event
        else { return nil }
        let bytes = try body.body.flatMap { try snapshot.bytes($0) } ?? []
        let context = RequestContext(details, now: scenario.clock.now)
        let notification = Notification(orphan: body, body: bytes, of: context, profile: profile)
        return Command(.notify(notification), actor: .webhook, cause: orphan.position)
      }
    }
    for answer in try books.append(commands) { _ = try answer.get() }
    return commands.count
  }

  func job(_ id: String) throws -> Job { try scenario.job(id) }
}
