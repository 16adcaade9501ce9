// The five systems, each from a customer's submit to the saved output and the money, told of by
// every channel it has: the built programs, real HTTP, signed webhooks.

import Posix
import Support
import Testing
import Wire

/// One system: its channels, and what is submitted to it.
struct FiveSystem: Sendable, CustomTestStringConvertible {
  let name: String
  let provider: String
  let channels: [Channel]
  var model: String?
  var input: JSON = [:]
  /// A pipeline's, in place of model and input.
  var plan: JSON?
  var isSecure = false
  /// The customer pays when the output is saved.
  var paysWhenStored = false

  var testDescription: String { name }
  var steps: Int { plan?.array?.count ?? 1 }

  static let all = [
    FiveSystem(
      name: "Replicate", provider: "replicate", channels: [.poll, .sse, .webhook, .together],
      model: "acme/lip-sync", input: ["audio": "https://a.example.com/voice.wav"]),
    FiveSystem(
      name: "fal", provider: "fal", channels: [.poll, .sse, .webhook, .together],
      model: "fal-ai/kling-video/v2/text-to-video", input: ["duration": "5"]),
    FiveSystem(
      name: "fal over https", provider: "fal", channels: [.together],
      model: "fal-ai/flux/dev", input: ["num_images": 2], isSecure: true),
    FiveSystem(
      name: "Higgsfield: Soul, then DoP", provider: "higgsfield",
      channels: [.poll, .webhook, .together],
      plan: [
        [
          "provider": "higgsfield", "model": "higgsfield-ai/soul/standard",
          "input": ["prompt": "a portrait for {{job.id}}"], "share": "1.5",
        ],
        [
          "provider": "higgsfield", "model": "higgsfield-ai/dop/standard",
          "input": ["image_url": "{{steps.0.outputs.0.url}}", "prompt": "she smiles"],
          "share": "2.5",
        ],
      ]),
    FiveSystem(
      name: "SuperDuperAI", provider: "superduperai", channels: [.poll, .sse, .together],
      model: "video/comfyui/ltx", input: ["duration": 5], paysWhenStored: true),
    FiveSystem(
      name: "Master Mode", provider: "self-hosted", channels: [.poll, .sse, .together],
      input: ["num_scenes": 3]),
  ]
}

@Suite("The five systems, end to end") struct FiveSystemsTests {
  @Test(
    "a job is sent once, watched by each channel, paid once, saved and shown as it is saved",
    arguments: FiveSystem.all)
  func system(_ system: FiveSystem) throws {
    let stage = try FiveStage(system.provider, isSecure: system.isSecure)
    try stage.openBackend()
    if system.paysWhenStored { try stage.run("config", "set", "capture_on", "stored") }
    for channel in system.channels {
      try stage.listen(by: channel)
      try submit(system, channel, stage)
      try stage.drain()
      try expectVerdict(system, channel, stage)
    }
    try expectSound(system, stage)
  }

  private func submit(_ system: FiveSystem, _ channel: Channel, _ stage: FiveStage) throws {
    let id = channel.rawValue
    var words = ["submit", "--id", id, "--account", "acme", "--hold", "4"]
    if let plan = system.plan {
      words += ["--steps", try stage.home.file("\(id).json", plan.text)]
    } else {
      var input = system.input.object ?? JSONObject()
      input["prompt"] = .string("a cat, told of by \(id)")
      // A stream that repeats nothing must be open before the end, however busy the machine is.
      if stage.isStreamed, channel == .sse || channel == .together {
        input["simulate"] = ["seconds": 3]
      }
      words += ["--provider", system.provider, "--input", JSON.object(input).text]
      words += system.model.map { ["--model", $0] } ?? []
    }
    let result = try Binary.ledger.run(words, environment: stage.environment)
    try #require(result.status == 0, "\(result)")
  }

  private func expectVerdict(
    _ system: FiveSystem, _ channel: Channel, _ stage: FiveStage
  ) throws {
    let id = channel.rawValue
    let status = try #require(try stage.home.json("status", id).first)
    #expect(try FiveStage.schema("status").problems(of: status) == [], "\(status.text)")
    #expect(status["state"] == "succeeded" && status["progress"]?.double == 1, "\(status.text)")
    #expect(status["captured"] == "4" && status["released"] == "0", "\(status.text)")
    #expect(status["held"] == "0" && status["steps"]?.array?.count == system.steps)
    #expect(try stage.events("job.dispatch_started", of: id).count == system.steps)
    #expect(try stage.events("job.dispatched", of: id).count == system.steps)
    #expect(try stage.events("job.succeeded", of: id).count == 1)
    #expect(try stage.events("credit.captured", of: id).count == 1)
    try expectSaved(status, system, stage)
    try expectUsed(system, channel, status, stage)
  }

  /// What stands in the folder is what the books say, byte for byte.
  private func expectSaved(_ status: JSON, _ system: FiveSystem, _ stage: FiveStage) throws {
    let outputs = status["outputs"]?.array ?? []
    #expect(!outputs.isEmpty, "\(status.text)")
    for output in outputs {
      let stored = try #require(output["stored"], "\(status.text)")
      let key = try #require(stored["key"]?.string, "\(status.text)")
      let file = try #require(try FileSystem.read("\(stage.home.directory)/saved/\(key)"))
      #expect(stored["sha256"] == .string(SHA256.digest(file).description))
      #expect(stored["bytes"]?.int == file.count && !file.isEmpty)
    }
    guard system.paysWhenStored else { return }
    let id = try #require(status["job"]?.string)
    let captured = try #require(try stage.events("credit.captured", of: id).first?["position"]?.int)
    let saved = try stage.events("job.stored", of: id).compactMap { $0["position"]?.int }
    #expect(saved.count == outputs.count && saved.allSatisfy { $0 < captured })
  }

  /// The verdict came the way it should, and no other way was open.
  private func expectUsed(
    _ system: FiveSystem, _ channel: Channel, _ status: JSON, _ stage: FiveStage
  ) throws {
    let id = channel.rawValue
    let polled = try stage.events("job.polled", of: id)
    let notified = try stage.events("job.notified", of: id)
    let told = Set(notified.compactMap { $0["data"]?["channel"]?.string })
    switch channel {
    case .poll:
      #expect(!polled.isEmpty && notified.isEmpty, "\(notified)")
    case .sse:
      #expect(told == ["sse"], "\(notified)")
    case .webhook:
      #expect(told == ["webhook"] && polled.isEmpty, "\(polled) \(notified)")
      #expect(notified.count == system.steps)
      #expect(notified.allSatisfy { $0["data"]?["verified"] == true }, "\(notified)")
    case .together:
      #expect(!polled.isEmpty)
      if stage.isStreamed { #expect(told.contains("sse"), "\(notified)") }
    }
    if stage.isCalled, channel == .together {
      try stage.wait(forCallsAbout: id, system.steps)
    }
    for event in notified where event["data"]?["channel"] == "sse" {
      #expect(event["data"]?["class"] ?? "ok" == "ok", "the stream was refused: \(event.text)")
    }
  }

  private func expectSound(_ system: FiveSystem, _ stage: FiveStage) throws {
    let jobs = system.channels.count
    for receipt in try stage.receipts {
      #expect(receipt["exit"] == 0 && receipt["verified"] == true, "\(receipt.text)")
    }
    let balance = try stage.home.json("balance", "acme").first
    #expect(balance?["captured"] == .string("\(4 * jobs)") && balance?["held"] == "0")
    try stage.run("audit")
    try stage.run("verify")
    #expect(try stage.home.json("replay", "--check").first?["equal"] == true)
    let export = try stage.home.ledger("export").output
    #expect(!export.contains("canary-") && !export.contains("whsec_"))

    let saw = try stage.finish()
    #expect(saw["submitted_twice"] == .array([]), "\(saw.text)")
    let posts = saw["posts"]?.array ?? []
    #expect(posts.count == jobs * system.steps, "\(saw.text)")
    #expect(posts.allSatisfy { $0["posts"] == 1 && $0["jobs"] == 1 }, "\(saw.text)")
    let delivered = saw["webhooks"]?[system.provider]?["200"]?.int ?? 0
    #expect((delivered > 0) == stage.isCalled, "\(saw.text)")
  }
}
