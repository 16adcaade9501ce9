// Messages to webhooks: signed as each provider signs, sent again as each provider does.
import Testing
import Wire

@testable import Simulator

@Suite("A webhook")
struct WebhookTests {
  let clock = SimulatorClock.still()
  let key = ["Authorization": "Key id:secret"]

  private func start(
    _ faults: String? = nil, _ change: (inout SimulatorOptions) -> Void = { _ in }
  ) throws -> Simulator {
    var options = SimulatorOptions(faults: try faults.map { try Fault.parse($0) } ?? [])
    change(&options)
    return try Simulator.start(options, clock: clock)
  }

  private func submitReplicate(
    _ simulator: Simulator, _ receiver: Receiver, filter: JSON? = ["completed"],
    simulate: JSON = ["seconds": 100, "outcome": "succeeded"]
  ) throws -> String {
    var body = JSONObject([
      .init("version", "acme/clip"), .init("input", ["simulate": simulate]),
      .init("webhook", .string(receiver.url)),
    ])
    if let filter { body["webhook_events_filter"] = filter }
    let answer = try simulator.send("POST", "/v1/predictions", body: .object(body))
    #expect(answer.status == 201)
    return try #require(try answer.json["id"]?.string)
  }

  @Test("of Replicate carries the prediction and the signature of the Standard Webhooks")
  func replicate() throws {
    let receiver = try Receiver()
    defer { receiver.stop() }
    let simulator = try start()
    let id = try submitReplicate(simulator, receiver)
    clock.advance(seconds: 100)
    let message = try receiver.wait(for: 1)[0]
    #expect(try message.json["id"]?.string == id && message.json["status"] == "succeeded")
    let secret = try simulator.send("GET", "/v1/webhooks/default/secret").json["key"]?.string
    #expect(secret == simulator.webhookSecret)
    let shared = try #require(WebhookKeys.read(secret ?? ""))
    let head =
      "\(message.headers["webhook-id"] ?? "").\(message.headers["webhook-timestamp"] ?? "")."
    let proof = HMACSHA256.authenticate(Array(head.utf8) + message.body, key: shared)
    #expect(message.headers["webhook-signature"] == "v1," + Base64.encode(proof))
  }

  @Test("of Replicate comes on the way too, and only for the occasions asked for")
  func occasions() throws {
    let receiver = try Receiver()
    defer { receiver.stop() }
    let simulator = try start()
    _ = try submitReplicate(simulator, receiver, filter: nil)
    clock.advance(seconds: 25)
    #expect(try receiver.wait(for: 1)[0].json["status"] == "processing")
    clock.advance(seconds: 75)
    let words = try receiver.wait(for: 5).map { try $0.json["status"]?.string }
    #expect(words.contains("succeeded") && words.count == 5)
    _ = try submitReplicate(simulator, receiver, filter: ["start"])
    clock.advance(seconds: 100)
    #expect(try receiver.wait(for: 6).count == 6)
  }

  @Test("of fal is signed with Ed25519 over four lines, its key is published")
  func fal() throws {
    let receiver = try Receiver()
    defer { receiver.stop() }
    let simulator = try start()
    for (outcome, word) in [("succeeded", "OK"), ("moderated", "ERROR")] {
      let path = "/acme/clip?fal_webhook=" + receiver.url
      let body: JSON = ["simulate": ["seconds": 10, "outcome": .string(outcome)]]
      let job = try simulator.send("POST", path, body: body, headers: key, at: "fal").json
      clock.advance(seconds: 10)
      let message = try receiver.wait(for: word == "OK" ? 1 : 2).last!
      #expect(try message.json["status"]?.string == word)
      #expect(try message.json["request_id"] == job["request_id"])
      let keys = try simulator.send("GET", "/.well-known/jwks.json", at: "fal").json["keys"]
      let publicKey = try #require(Base64.decode(keys?.array?.first?["x"]?.string ?? ""))
      let lines = ["request-id", "user-id", "timestamp"]
        .map { message.headers["x-fal-webhook-" + $0] ?? "" }
      let text = (lines + [Hex.text(SHA256.digest(message.body).bytes)]).joined(separator: "\n")
      let proof = Hex.bytes(message.headers["x-fal-webhook-signature"] ?? "") ?? []
      #expect(Ed25519.isValid(proof, of: Array(text.utf8), by: publicKey))
    }
  }

  @Test("of a job set carries the secret that the submit gave")
  func legacy() throws {
    let receiver = try Receiver()
    defer { receiver.stop() }
    let simulator = try start()
    let answer = try simulator.send(
      "POST", "/v1/image2video/dop",
      body: [
        "params": ["simulate": ["seconds": 10, "outcome": "succeeded"]],
        "webhook": ["url": .string(receiver.url), "secret": "s3cret"],
      ], headers: key)
    #expect(answer.status == 200)
    clock.advance(seconds: 10)
    let message = try receiver.wait(for: 1)[0]
    #expect(message.headers["x-webhook-secret-key"] == "s3cret")
    #expect(try message.json["jobs"]?.array?.first?["status"] == "completed")
  }

  private func submitHiggsfield(_ simulator: Simulator, _ receiver: Receiver) throws {
    let answer = try simulator.send(
      "POST", "/acme/clip?hf_webhook=" + receiver.url,
      body: ["simulate": ["seconds": 10, "outcome": "succeeded"]], headers: key,
      at: "higgsfield")
    #expect(answer.status == 200)
    clock.advance(seconds: 10)
  }

  @Test("is sent again after 500 with the same id, and never again by Higgsfield after 404")
  func retries() throws {
    let failing = try Receiver(statuses: [500, 500, 200])
    defer { failing.stop() }
    let simulator = try start()
    try submitHiggsfield(simulator, failing)
    for count in 1...2 {
      _ = try failing.wait(for: count)
      try simulator.wait { $0["webhooks"]?["higgsfield"]?["500"]?.int == count }
      clock.advance(seconds: 20)
    }
    let messages = try failing.wait(for: 3)
    try simulator.wait { $0["webhooks"]?["higgsfield"]?["200"] == 1 }
    #expect(Set(messages.map { $0.headers["webhook-id"] }).count == 1)
    #expect(Set(messages.map { $0.headers["webhook-timestamp"] }).count > 1)

    let refusing = try Receiver(statuses: [404])
    defer { refusing.stop() }
    try submitHiggsfield(simulator, refusing)
    try simulator.wait { $0["webhooks"]?["higgsfield"]?["404"] == 1 }
    clock.advance(seconds: 8000)
    // Another one arrives after all that time: nothing came between.
    try submitHiggsfield(simulator, refusing)
    #expect(try refusing.wait(for: 2).count == 2)
  }

  @Test("on the way is never sent again")
  func once() throws {
    let receiver = try Receiver(statuses: [500, 200])
    defer { receiver.stop() }
    let simulator = try start()
    _ = try submitReplicate(simulator, receiver, filter: ["start", "completed"])
    clock.advance(seconds: 50)
    try simulator.wait { $0["webhooks"]?["replicate"]?["500"] == 1 }
    clock.advance(seconds: 50)
    #expect(try receiver.wait(for: 2).map { try $0.json["status"]?.string }.last == "succeeded")
  }

  @Test("of a canceled job comes at once")
  func canceled() throws {
    let receiver = try Receiver()
    defer { receiver.stop() }
    let simulator = try start()
    let id = try submitReplicate(simulator, receiver)
    _ = try simulator.send("POST", "/v1/predictions/\(id)/cancel")
    #expect(try receiver.wait(for: 1)[0].json["status"] == "canceled")
    clock.advance(seconds: 1000)
    _ = try submitReplicate(simulator, receiver, simulate: ["seconds": 0])
    #expect(try receiver.wait(for: 2).count == 2)
  }

  @Test(
    "can be lost, come twice, in the wrong order, late, forged or outdated",
    arguments: ["lost", "twice", "reorder", "webhook/delay:1:30", "forged", "outdated"])
  func faults(_ fault: String) throws {
    let receiver = try Receiver()
    defer { receiver.stop() }
    let simulator = try start(fault)
    let id = try submitReplicate(simulator, receiver, filter: ["start", "completed"])
    clock.advance(seconds: 100)
    switch fault {
    case "lost":
      try simulator.wait { $0["webhooks"]?["replicate"]?["lost"] == 2 }
    case "twice":
      let messages = try receiver.wait(for: 4)
      #expect(Set(messages.map { $0.headers["webhook-id"] }).count == 2)
    case "reorder":
      _ = try receiver.wait(for: 1)
      clock.advance(seconds: 2)
      #expect(try receiver.wait(for: 2).count == 2)
    case "webhook/delay:1:30":
      _ = try receiver.wait(for: 1)
      clock.advance(seconds: 30)
      #expect(try receiver.wait(for: 2)[1].json["id"]?.string == id)
    default:
      let message = try receiver.wait(for: 2)[1]
      let shared = try #require(WebhookKeys.read(simulator.webhookSecret))
      let time = Int(message.headers["webhook-timestamp"] ?? "") ?? 0
      let head = "\(message.headers["webhook-id"] ?? "").\(time)."
      let proof = HMACSHA256.authenticate(Array(head.utf8) + message.body, key: shared)
      let isGenuine = message.headers["webhook-signature"] == "v1," + Base64.encode(proof)
      #expect(isGenuine == (fault == "outdated"))
      let now = Int(Timestamp("2026-01-01")!.microseconds / 1_000_000) + 100
      #expect((now - time >= 3600) == (fault == "outdated"))
    }
  }

  @Test(
    "goes nowhere but to this machine",
    arguments: [
      ("http://127.0.0.1:9/x", true), ("http://localhost/x", true), ("http://[::1]:9/", true),
      ("http://127.0.0.1.example.com/", false), ("https://example.com/", false),
      ("http://10.0.0.1/", false), ("ftp://127.0.0.1/", false), ("http://0.0.0.0/", false),
    ])
  func local(url: String, isLocal: Bool) { #expect(Courier.isLocal(url) == isLocal) }

  @Test("to another machine is counted and not sent; a secret that is none is refused")
  func elsewhere() throws {
    let simulator = try start()
    let answer = try simulator.send(
      "POST", "/acme/clip?hf_webhook=https://192.0.2.1/x", body: ["simulate": ["seconds": 1]],
      headers: key, at: "higgsfield")
    #expect(answer.status == 200)
    clock.advance(seconds: 1)
    try simulator.wait { $0["webhooks"]?["higgsfield"]?["elsewhere"] == 1 }
    #expect(throws: SimulatorError.self) { try start { $0.webhookSecret = "nonsense" } }
  }
}
