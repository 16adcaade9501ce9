// ledger webhook ingest, as a backend calls it.

import Foundation
import Ledger
import Support
import Testing
import Wire

@Suite("webhook ingest") struct WebhookTests {
  private static let key = Array("the provider's and ours".utf8)

  private func ingest(
    _ home: CommandHome, _ body: String, delivery: String = "m1", key: [UInt8] = key,
    provider: String = "replicate", secret: Bool = true, isJSON: Bool = true
  ) throws -> BinaryResult {
    let seconds = Int(Date().timeIntervalSince1970)
    let tag = HMACSHA256.authenticate(
      Array("\(delivery).\(seconds).\(body)".utf8), key: key)
    let signature = "v1,\(Base64.encode(tag))"
    let headers: JSON = [
      "Webhook-Id": .string(delivery), "Webhook-Timestamp": .string("\(seconds)"),
      "Webhook-Signature": [.string(signature)],
    ]
    let lines =
      "webhook-id: \(delivery)\r\nwebhook-timestamp:\(seconds)\r\n"
      + "Webhook-Signature: \(signature)\r\n"
    let file = try home.file("headers", isJSON ? headers.text : lines)
    var environment = home.environment
    if secret {
      environment["REPLICATE_WEBHOOK_SECRET"] = "whsec_" + Base64.encode(Self.key)
    }
    return try Binary.ledger.run(
      [
        "--json", "webhook", "ingest", "--provider", provider, "--headers", file, "--body", "-",
      ], environment: environment, input: body)
  }

  private func line(_ result: BinaryResult) throws -> JSON {
    let line = try JSON(parsing: try #require(result.lines.first, "\(result)"))
    try Schemas.expect(line, fits: "webhook-receipt")
    return line
  }

  private let succeeded =
    #"{"id":"p1","status":"succeeded","output":"https://replicate.delivery/a.mp4"}"#

  private func tracked() throws -> CommandHome {
    let home = try CommandHome()
    _ = try home.ledger("grant", "acme", "20")
    let words = ["track", "--provider", "replicate", "--external-id", "p1", "--account", "acme"]
    let result = try Binary.ledger.run(
      words + ["--hold", "5", "--id", "j1"], environment: home.environment)
    #expect(result.status == 0)
    return home
  }

  @Test("a signed success is charged; its repetition changes nothing", arguments: [true, false])
  func applied(_ isJSON: Bool) throws {
    let home = try tracked()
    let first = try ingest(home, succeeded, isJSON: isJSON)
    #expect(first.status == 0)
    let answer = try line(first)
    #expect(answer["outcome"] == "applied" && answer["job"] == "j1")
    #expect(answer["state"] == "succeeded" && answer["verified"] == true)
    let status = try home.json("status", "j1").first
    #expect(status?["captured"] == "5" && status?["position"] == answer["position"])
    let again = try line(try ingest(home, succeeded))
    #expect(again["outcome"] == "duplicate" && again["repeated"] == true)
    #expect(again["position"] == answer["position"])
    let event = try home.json("events", "j1", "--type", "job.notified").first
    #expect(event?["actor"] == "webhook" && event?["data"]?["verified"] == true)
    #expect(try home.ledger("audit").status == 0)
    #expect(try home.ledger("verify").status == 0)
    let secret = Base64.encode(Self.key)
    #expect(!first.output.contains(secret) && !first.error.contains(secret))
    let log = try Data(contentsOf: URL(filePath: home.path + "/log/data.mdb"))
    #expect(log.range(of: Data(secret.utf8)) == nil && log.range(of: Data(Self.key)) == nil)
  }

  @Test("a wrong signature is 77 and moves nothing; without a secret the job is looked at")
  func unbelieved() throws {
    let home = try tracked()
    let forged = try ingest(home, succeeded, key: Array("another".utf8))
    #expect(forged.status == 77)
    #expect(try line(forged)["rejection"] == "signature")
    #expect(try home.json("status", "j1").first?["state"] == "dispatched")
    let unsigned = try ingest(home, succeeded, secret: false)
    #expect(try unsigned.status == 0 && line(unsigned)["outcome"] == "triggered_check")
    #expect(try home.json("status", "j1").first?["captured"] == "0")
  }

  @Test("an unknown job is kept, what is no message 65, an unknown provider 78, bad headers 64")
  func codes() throws {
    let home = try tracked()
    let orphan = try ingest(home, #"{"id":"p9","status":"failed"}"#)
    #expect(try orphan.status == 0 && line(orphan)["outcome"] == "orphaned")
    let malformed = try ingest(home, "{")
    #expect(try malformed.status == 65 && line(malformed)["rejection"] == "malformed")
    #expect(try ingest(home, succeeded, provider: "nobody").status == 78)
    let headers = try home.file("bad", "no colon here\n")
    let bad = try home.ledger(
      "webhook", "ingest", "--provider", "replicate", "--headers", headers, "--body", headers)
    #expect(bad.status == 64)
  }

  @Test("provider try reads a captured webhook, with or without a status")
  func trying() throws {
    let home = try CommandHome()
    for text in [
      #"{"body":{"id":"x1","status":"failed","error":"no"}}"#,
      #"{"status":200,"headers":{"a":"b"},"body":{"id":"x1","status":"failed","error":"no"}}"#,
    ] {
      let file = try home.file("webhook.json", text)
      let line = try #require(
        try home.json("provider", "try", "replicate", "--phase", "webhook", "--reply", file).first)
      try Schemas.expect(line, fits: "provider-try")
      #expect(line["phase"] == "webhook" && line["state"] == "failed" && line["error"] == "no")
      #expect(line["external_id"] == "x1")
    }
  }
}
