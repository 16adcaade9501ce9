// The webhooks of the providers that have them, each as its documentation says.
import Wire

extension Replicate: WebhookSender {
  /// `start`, `output` and `logs` on the way, at most one of the last two in 500 ms.
  func notices(of job: SimulatedJob) -> [Notice] {
    let wanted = job.webhook?.kinds
    var notices: [Notice] = []
    if job.plan.outcome != .aborted {
      notices.append(Notice(kind: "start", at: job.plannedStart))
      let kind =
        ReplicateModel.output(of: job.shown["model"]?.string ?? "") == .text
        ? "output" : "logs"
      let pause = max(500_000, (job.plannedEnd - job.plannedStart) / 4)
      for moment in stride(
        from: job.plannedStart + pause, to: job.plannedEnd - 1000, by: Int(pause))
      {
        notices.append(Notice(kind: kind, at: moment))
      }
    }
    notices.append(Notice(kind: Notice.end, at: job.plannedEnd))
    return notices.filter { wanted?.contains($0.kind) ?? true }
  }

  /// The whole prediction.
  func message(_ kind: String, about job: SimulatedJob, in world: World) -> JSON {
    ReplicatePrediction.json(job, in: world, as: .read)
  }

  func signature(of letter: WebhookLetter) -> [(String, String)] {
    StandardWebhooks.signature(of: letter)
  }

  /// Only the last one is sent again, for about a minute: 1 + 2 + 4 + 8 + 16 + 32 seconds.
  func retry(_ kind: String) -> WebhookRetry? {
    guard kind == Notice.end else { return nil }
    return WebhookRetry(firstSeconds: 1, times: 6, endsAtRefusal: false, patienceSeconds: 10)
  }

  /// What a submit's body names.
  static func webhook(in body: JSON) -> WebhookTarget? {
    guard let url = body["webhook"]?.string else { return nil }
    let kinds = body["webhook_events_filter"]?.array?.compactMap(\.string)
    return WebhookTarget(url: url, kinds: kinds.map(Set.init))
  }
}

extension Fal: WebhookSender {
  /// A payload that cannot be sent is null, with a reason: the result has to be fetched.
  func message(_ kind: String, about job: SimulatedJob, in world: World) -> JSON {
    var body = JSONObject([
      JSONObject.Member("request_id", .string(job.id)),
      JSONObject.Member(
        "gateway_request_id", .string(FalStatus.gatewayID(of: job, at: world.now))),
    ])
    guard case .ended(let outcome) = job.state(at: world.now),
      let failure = FalResult.failure(of: job, endedAs: outcome)
    else {
      let payload = FalResult.payload(of: job, address: world.address)
      body["status"] = "OK"
      body["payload"] = payload
      if payload.isNull {
        body["payload_error"] =
          "Response payload is not JSON serializable. Use the queue endpoint to retrieve it."
      }
      return .object(body)
    }
    body["status"] = "ERROR"
    body["error"] = .string("Invalid status code: \(failure.status)")
    body["payload"] = (try? JSON(parsing: failure.reply.body)) ?? .null
    return .object(body)
  }

  /// Ed25519 over four lines; the key is in `/.well-known/jwks.json`.
  func signature(of letter: WebhookLetter) -> [(String, String)] {
    let digest = Hex.text(SHA256.digest(letter.body).bytes)
    let user = "simulated-user"
    let lines = [letter.job.id, user, String(letter.timestamp), digest]
    let proof = Ed25519.signature(
      of: Array(lines.joined(separator: "\n").utf8), seed: letter.keys.seed)
    return [
      ("X-Fal-Webhook-Request-Id", letter.job.id), ("X-Fal-Webhook-User-Id", user),
      ("X-Fal-Webhook-Timestamp", String(letter.timestamp)),
      ("X-Fal-Webhook-Signature", Hex.text(proof)),
    ]
  }

  func retry(_ kind: String) -> WebhookRetry? {
    .twoHours(endsAtRefusal: false, patienceSeconds: 15)
  }

  /// The public key in the form of RFC 8037.
  static func keySet(_ keys: WebhookKeys) -> JSON {
    let key = Base64.encode(Ed25519.publicKey(ofSeed: keys.seed), alphabet: .url, padded: false)
    return [
      "keys": [
        [
          "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": "simulated",
          "x": .string(key),
        ]
      ]
    ]
  }
}

extension Higgsfield: WebhookSender {
  /// The status object, at the end only.
  func message(_ kind: String, about job: SimulatedJob, in world: World) -> JSON {
    .object(body(of: job, in: world))
  }

  func signature(of letter: WebhookLetter) -> [(String, String)] {
    StandardWebhooks.signature(of: letter)
  }

  /// A refusal of ours loses it for good.
  func retry(_ kind: String) -> WebhookRetry? {
    .twoHours(endsAtRefusal: true, patienceSeconds: 10)
  }
}

extension HiggsfieldLegacy: WebhookSender {
  func message(_ kind: String, about job: SimulatedJob, in world: World) -> JSON {
    set(job, in: world)
  }

  /// The secret that the submit gave, sent back as it is.
  func signature(of letter: WebhookLetter) -> [(String, String)] {
    let isForged = letter.keys.shared != letter.job.webhookKeys?.shared
    let secret = letter.job.webhook?.secret ?? ""
    return [("X-Webhook-Secret-Key", isForged ? secret + "x" : secret)]
  }

  func retry(_ kind: String) -> WebhookRetry? {
    .twoHours(endsAtRefusal: true, patienceSeconds: 10)
  }

  /// `webhook: {url, secret}` in a submit's body.
  static func webhook(in body: JSON) -> WebhookTarget? {
    guard let url = body["webhook"]?["url"]?.string else { return nil }
    return WebhookTarget(url: url, secret: body["webhook"]?["secret"]?.string)
  }
}
