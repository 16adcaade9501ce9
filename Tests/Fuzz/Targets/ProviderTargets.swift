// What providers send: replies, streams, webhooks; and the profiles that say how to read them.

import Ledger
import Providers
import Synchronization
import Wire

extension FuzzTarget {
  private static let profiles: [Profile] = {
    let registry = ProfileRegistry()
    return registry.names.compactMap { try? registry.profile($0) }
  }()
  private static let context: RequestContext = {
    var context = RequestContext(jobID: "job-1", model: "owner/app", input: ["prompt": "a"])
    context.handle.externalID = "p1"
    return context
  }()
  private static let bodies = [
    #"{"id":"p1","status":"succeeded","output":["https://a.example/c.png"],"error":null}"#,
    #"{"id":"p1","status":"processing","logs":" 38%|##| 19/50","urls":{"get":"https://a.exam"}}"#,
    #"{"request_id":"p1","status":"COMPLETED","images":[{"url":"https://a.example/1.png"}]}"#,
    #"{"id":"p1","status":"failed","error":"NSFW","jobs":[{"status":"nsfw"}]}"#,
    #"{"detail":[{"loc":["a"],"msg":"b","type":"policy"}],"results":[{"id":"p1"}],"next":"x"}"#,
  ]

  /// The first bytes choose profile, phase and status.
  static let reply = FuzzTarget("reply") {
    bodies.flatMap { body in
      (0..<UInt8(profiles.count)).map { [$0, 1, 0] + Array(body) }
    }
  } run: { bytes in
    guard bytes.count > 3 else { return }
    let profile = profiles[Int(bytes[0]) % profiles.count]
    let phase = RequestPhase.allCases[Int(bytes[1]) % RequestPhase.allCases.count]
    let status = [200, 201, 202, 400, 404, 410, 422, 429, 500, 503][Int(bytes[2]) % 10]
    let headers = [Reply.Header("Retry-After", String(decoding: bytes.suffix(4), as: UTF8.self))]
    let reply = Reply(status: status, headers: headers, body: Array(bytes.dropFirst(3)))
    let reading = profile.read(phase, reply, for: context)
    if reading.isVerdict, status == 200 {
      precondition((try? JSON(parsing: reply.body)) != nil, "a verdict out of no JSON")
    }
    _ = reading.json(phase: phase).bytes
    let lost = LostJob(context, startedAt: Timestamp(microseconds: 0))
    _ = profile.readList(reply, for: lost)
    _ = try? TryReply.read(reply.body)
  }

  static let profile = FuzzTarget("profile", bytesMax: 16384) {
    SeedFiles.contents(of: "Sources/Providers/Profiles", ending: ".json")
      + SeedFiles.contents(of: "schemas/examples/profiles", ending: ".json")
  } run: { bytes in
    precondition(Profile.lint(bytes).count <= 100_000, "complaints without end")
    guard let profile = try? Profile(parsing: bytes) else { return }
    for body in bodies {
      for phase in RequestPhase.allCases {
        _ = profile.read(phase, Reply(status: 200, body: Array(body)), for: context)
      }
    }
  }

  static let stream = FuzzTarget("stream") {
    bodies.map {
      Array("\u{FEFF}id: 7\nevent: message\ndata: \($0)\n\nretry: 10\r\n: beat\r\n\r\n")
    }
      + [Array("event: logs\ndata: a\ndata: b\n\ndata: [DONE]\n\n")]
  } run: { bytes in
    var whole = EventStreamParser(lineBytesMax: 1024, eventBytesMax: 1024)
    guard let events = try? whole.feed(bytes) else { return }
    // However the network cuts the bytes, the events are the same.
    var pieces = EventStreamParser(lineBytesMax: 1024, eventBytesMax: 1024)
    let cut = bytes.count / 3
    let first = try? pieces.feed(bytes[..<cut])
    let second = try? pieces.feed(bytes[cut...])
    precondition((first ?? []) + (second ?? []) == events, "a cut changed the events")
    for event in events {
      precondition(event.data.utf8.count <= 4096, "more data than the bound")
      for profile in profiles {
        _ = profile.readMessage(event, for: context).json(event).bytes
      }
    }
  }

  /// Headers up to an empty line, then the body.
  static let webhook = FuzzTarget("webhook") {
    bodies.map { body in
      Array(
        "webhook-id: msg_1\nwebhook-timestamp: 1800000000\nwebhook-signature: v1,AAAA v1a,BBBB\n"
          + "x-fal-webhook-request-id: p1\nx-fal-webhook-user-id: u\n"
          + "x-fal-webhook-timestamp: 1800000000\nx-fal-webhook-signature: 00ff\n\n\(body)")
    }
  } run: { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    let parts = text.split(separator: "\n\n", maxSplits: 1, omittingEmptySubsequences: false)
    guard let headers = WebhookMessage.headers(of: Array(String(parts[0]))) else { return }
    let message = WebhookMessage(
      headers: headers, body: parts.count > 1 ? Array(String(parts[1])) : [])
    let now = Timestamp(microseconds: 1_800_000_000_000_000)
    for profile in profiles {
      let rule = profile.webhook?.signature ?? .none
      var check = SignatureCheck(keys: keys, now: now)
      for name in rule.secretNames { check.secrets[name] = secret }
      let verdict = check.verdict(message, by: rule)
      precondition(verdict != .verified, "a message nobody signed was believed")
      guard let content = profile.content(of: message) else { continue }
      precondition((1...128).contains(content.deliveryID.utf8.count), "a delivery without a key")
      _ = profile.readWebhook(message, content, for: context)
    }
    _ = KeySet(message.body)
  }

  /// Drawn for every run: no input can hold it.
  private static let secret =
    "whsec_" + Base64.encode((0..<32).map { _ in UInt8.random(in: 0...255) })
  private static let keys = KeySet(
    Array(
      #"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#
    ))
}
