// The profiles under schemas/examples/profiles: what a user would write, held against replies of
// the shapes their providers document.

import Foundation
import Ledger
import Providers
import Support
import Testing
import Wire

@Suite("Example profiles")
struct ExampleProfileTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "schemas/examples/profiles")

  static let names: [String] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
  }()

  static func source(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appending(path: "\(name).json")))
  }

  static func profile(_ name: String) throws -> Profile { try Profile(parsing: source(name)) }

  @Test("each of them is in order, named as its file, and fits the schema", arguments: names)
  func inOrder(_ name: String) throws {
    let source = try ExampleProfileTests.source(name)
    #expect(Profile.lint(source).isEmpty)
    #expect(try ExampleProfileTests.profile(name).name == name)
    #expect(try !ExampleProfileTests.profile(name).sources.isEmpty)
    let problems = SchemaCheck(SchemaTests.schema).problems(of: try JSON(parsing: source))
    #expect(problems == [])
  }

  @Test("the built-in ones fit the schema too, and say where their facts come from")
  func builtIns() throws {
    let registry = ProfileRegistry()
    for name in registry.names {
      let source = try #require(registry.source(of: name))
      let problems = SchemaCheck(SchemaTests.schema).problems(of: try JSON(parsing: source))
      #expect(problems == [])
      #expect(try !registry.profile(name).sources.isEmpty)
      #expect(try registry.profile(name).billing.chargeCustomer.isEmpty)
    }
  }

  /// One word of one provider.
  struct Reply: CustomTestStringConvertible, Sendable {
    let provider: String
    let body: JSON
    let state: Reading
    var failure: FailureClass?
    var phase = RequestPhase.status

    init(
      _ provider: String, _ body: JSON, _ state: Reading, _ failure: FailureClass? = nil,
      _ phase: RequestPhase = .status
    ) {
      self.provider = provider
      self.body = body
      self.state = state
      self.failure = failure
      self.phase = phase
    }

    var testDescription: String { "\(provider) \(phase) \(body.text.prefix(120))" }
  }

  private static let url: JSON = "https://cdn.example.com/v.mp4"

  static let replies: [Reply] = runway + luma + minimax + kling + ark + veo

  private static let runway: [Reply] = [
    Reply("runway", ["id": "t", "status": "PENDING"], .pending),
    Reply("runway", ["id": "t", "status": "THROTTLED"], .pending),
    Reply("runway", ["id": "t", "status": "RUNNING", "progress": .number("0.42")], .pending),
    Reply("runway", ["id": "t", "status": "SUCCEEDED", "output": [url]], .succeeded),
    Reply("runway", ["id": "t", "status": "SUCCEEDED", "output": []], .failed, .noOutput),
    Reply(
      "runway",
      ["id": "t", "status": "FAILED", "failure": "boom", "failureCode": "INTERNAL.BAD_OUTPUT"],
      .failed, .providerFailed),
    Reply(
      "runway",
      ["id": "t", "status": "FAILED", "failure": "no", "failureCode": "SAFETY.INPUT.TEXT"],
      .failed, .moderated),
    Reply("runway", ["id": "t", "status": "CANCELLED"], .canceled, .canceled),
  ]

  private static let luma: [Reply] = [
    Reply("luma", ["id": "g", "state": "queued", "assets": nil], .pending),
    Reply("luma", ["id": "g", "state": "dreaming"], .pending),
    Reply("luma", ["id": "g", "state": "completed", "assets": ["video": url]], .succeeded),
    Reply("luma", ["id": "g", "state": "failed", "failure_reason": "x"], .failed, .providerFailed),
    Reply(
      "luma", ["id": "g", "state": "failed", "failure_reason": "frame moderation failed"],
      .failed, .moderated),
  ]

  private static func minimax(_ word: String, code: Int = 0, file: String = "") -> JSON {
    [
      "task_id": "m", "status": .string(word), "file_id": .string(file),
      "base_resp": ["status_code": .int(code), "status_msg": code == 0 ? "success" : "why"],
    ]
  }

  private static let minimax: [Reply] = [
    Reply("minimax", minimax("Preparing"), .pending),
    Reply("minimax", minimax("Queueing"), .pending),
    Reply("minimax", minimax("Processing"), .pending),
    Reply("minimax", minimax("Success", file: "205258526306433"), .pending),
    Reply("minimax", minimax("Fail"), .failed, .providerFailed),
    Reply("minimax", minimax("Fail", code: 1027), .failed, .moderated),
    Reply("minimax", minimax("Success", code: 1002), .unknown),
    Reply(
      "minimax",
      [
        "file": ["file_id": 205_258_526_306_433, "download_url": url],
        "base_resp": ["status_code": 0, "status_msg": "success"],
      ], .succeeded, nil, .result),
  ]

  private static func kling(_ word: String, _ more: [String: JSON] = [:]) -> JSON {
    var data = JSONObject()
    data["task_id"] = "k"
    data["task_status"] = .string(word)
    for (name, value) in more { data[name] = value }
    return ["code": 0, "message": "SUCCEED", "request_id": "r", "data": .object(data)]
  }

  private static let kling: [Reply] = [
    Reply("kling", kling("submitted"), .pending),
    Reply("kling", kling("processing"), .pending),
    Reply(
      "kling",
      kling(
        "succeed", ["task_result": ["videos": [["id": "v", "url": url, "duration": "5"]]]]),
      .succeeded),
    Reply("kling", kling("failed", ["task_status_msg": "boom"]), .failed, .providerFailed),
    Reply(
      "kling", kling("failed", ["task_status_msg": "Failure to pass the risk control system"]),
      .failed, .moderated),
    Reply("kling", ["code": 1303, "message": "parallel task over resource pack limit"], .unknown),
  ]

  private static let ark: [Reply] = [
    Reply("byteplus-ark", ["id": "c", "status": "queued"], .pending),
    Reply("byteplus-ark", ["id": "c", "status": "running"], .pending),
    Reply(
      "byteplus-ark", ["id": "c", "status": "succeeded", "content": ["video_url": url]],
      .succeeded),
    Reply(
      "byteplus-ark",
      ["id": "c", "status": "failed", "error": ["code": "InternalError", "message": "x"]],
      .failed, .providerFailed),
    Reply(
      "byteplus-ark",
      [
        "id": "c", "status": "failed",
        "error": ["code": "OutputVideoSensitiveContentDetected", "message": "x"],
      ], .failed, .moderated),
    Reply("byteplus-ark", ["id": "c", "status": "cancelled"], .canceled, .canceled),
    Reply("byteplus-ark", ["id": "c", "status": "expired"], .failed, .expired),
  ]

  private static func veo(_ response: JSON) -> JSON {
    ["name": "o", "done": true, "response": ["generateVideoResponse": response]]
  }

  private static let veo: [Reply] = [
    Reply("google-veo", ["name": "o"], .pending),
    Reply("google-veo", ["name": "o", "done": false], .pending),
    Reply("google-veo", veo(["generatedSamples": [["video": ["uri": url]]]]), .succeeded),
    Reply(
      "google-veo",
      veo([
        "raiMediaFilteredCount": 1, "generatedSamples": [["video": ["uri": url]]],
      ]), .succeeded),
    Reply(
      "google-veo",
      veo(["raiMediaFilteredCount": 1, "raiMediaFilteredReasons": ["words were filtered"]]),
      .failed, .moderated),
    Reply("google-veo", veo([:]), .failed, .noOutput),
    Reply(
      "google-veo", ["name": "o", "done": true, "error": ["code": 13, "message": "internal"]],
      .failed, .providerFailed),
    Reply(
      "google-veo", ["name": "o", "done": true, "error": ["code": 1, "message": "x"]], .canceled,
      .canceled),
    Reply(
      "google-veo",
      [
        "name": "o", "done": true,
        "error": ["code": 3, "message": "violates the usage guidelines"],
      ], .failed, .moderated),
  ]

  @Test("every word is read as its provider means it", arguments: replies)
  func words(_ reply: Reply) throws {
    let reading = try ExampleProfileTests.profile(reply.provider).reading(
      reply.phase, 200, reply.body)
    #expect(reading.state == reply.state)
    #expect(reading.failureClass == reply.failure)
    #expect(
      reading.outputs.map(\.url)
        == (reply.state == .succeeded ? ["\(ExampleProfileTests.url.string ?? "")"] : []))
    let isOdd = reply.state == .unknown
    #expect(isOdd || reading.replyClass == (reply.failure == .moderated ? .moderated : .ok))
    if reply.failure == .providerFailed { #expect((reading.error ?? "").isEmpty == false) }
  }

  @Test("numbers beyond the word: progress, retries, the file behind an id, a key for downloads")
  func facts() throws {
    let runway = try ExampleProfileTests.profile("runway")
    let running: JSON = ["id": "t", "status": "RUNNING", "progress": .number("0.42")]
    #expect(runway.reading(.status, 200, running).progress == 420_000)
    let minimax = try ExampleProfileTests.profile("minimax")
    let done = minimax.reading(
      .status, 200, ExampleProfileTests.minimax("Success", file: "205258526306433"))
    #expect(done.mustFetchResult)
    #expect(
      done.followUp.resultURL
        == "https://api.minimax.io/v1/files/retrieve?file_id=205258526306433")
    let slow = minimax.reading(.status, 200, ExampleProfileTests.minimax("Success", code: 1002))
    #expect(slow.replyClass == .rateLimited)
    let veo = try ExampleProfileTests.profile("google-veo").reading(
      .status, 200,
      ExampleProfileTests.veo(["generatedSamples": [["video": ["uri": "https://x.example/v"]]]]))
    #expect(veo.outputs.first?.needsAuth == true)
    #expect(veo.outputs.first?.mediaType == "video/mp4")
  }

  @Test(
    "a refusal inside a good status is a refusal, and says whose fault it is",
    arguments: [
      ("minimax", ["task_id": "", "base_resp": ["status_code": 1008]], .accountProblem),
      ("minimax", ["task_id": "", "base_resp": ["status_code": 1002]], .notAccepted(.retry)),
      ("minimax", ["task_id": "", "base_resp": ["status_code": 2013]], .notAccepted(.final)),
      ("minimax", ["task_id": "", "base_resp": ["status_code": 1026]], .notAccepted(.final)),
      ("minimax", ["task_id": "", "base_resp": ["status_code": 0]], .uncertain),
      ("minimax", ["task_id": "m", "base_resp": ["status_code": 0]], .accepted),
      ("kling", ["code": 1102, "message": "resource pack"], .accountProblem),
      ("kling", ["code": 1201, "message": "bad prompt"], .notAccepted(.final)),
      ("kling", ["code": 0, "data": ["task_id": "k", "task_status": "submitted"]], .accepted),
      ("google-veo", ["name": "models/veo-3/operations/o"], .accepted),
      ("byteplus-ark", ["id": "cgt-1"], .accepted),
      ("luma", ["id": "g", "state": "queued"], .accepted),
      ("runway", ["id": "t"], .accepted),
    ] as [(String, JSON, SubmitProof)])
  func submits(_ name: String, _ body: JSON, _ proof: SubmitProof) throws {
    let reading = try ExampleProfileTests.profile(name).reading(.submit, 200, body)
    #expect(reading.proof == proof)
    let isModerated = body["base_resp"]?["status_code"]?.int == 1026
    #expect((reading.failureClass == .moderated) == isModerated)
  }

  @Test(
    "requests go where each provider wants them",
    arguments: [
      ("runway", "gen4_turbo", "t", "/v1/image_to_video", "GET /v1/tasks/t"),
      ("runway", "text_to_image/gen4_image", "t", "/v1/text_to_image", "GET /v1/tasks/t"),
      (
        "luma", "ray-2", "g", "/dream-machine/v1/generations", "GET /dream-machine/v1/generations/g"
      ),
      (
        "minimax", "MiniMax-Hailuo-02", "m", "/v1/video_generation",
        "GET /v1/query/video_generation"
      ),
      ("kling", "image2video", "k", "/v1/videos/image2video", "GET /v1/videos/image2video/k"),
      (
        "kling", "images/generations", "k", "/v1/images/generations",
        "GET /v1/images/generations/k"
      ),
      (
        "byteplus-ark", "seedance-1-0-pro", "c", "/api/v3/contents/generations/tasks",
        "GET /api/v3/contents/generations/tasks/c"
      ),
      (
        "google-veo", "veo-3.0-generate-001", "models/veo-3.0-generate-001/operations/o",
        "/v1beta/models/veo-3.0-generate-001:predictLongRunning",
        "GET /v1beta/models/veo-3.0-generate-001/operations/o"
      ),
    ])
  func requests(
    _ name: String, _ model: String, _ id: String, _ submit: String, _ status: String
  ) throws {
    let profile = try ExampleProfileTests.profile(name)
    var context = RequestContext.job(model: model, handle: ProviderHandle(externalID: id))
    context.now = Timestamp("2026-01-01T00:00:00Z")
    let sent = try profile.request(.submit, for: context) { _ in "secret" }
    #expect(sent.method == "POST")
    #expect(sent.url.path == submit)
    #expect(
      sent.headers.contains { $0.value.contains("secret") || $0.value.hasPrefix("Bearer ey") })
    let asked = try profile.request(.status, for: context) { _ in "secret" }
    #expect("\(asked.method) \(asked.url.path)" == status)
    if name == "minimax" { #expect(asked.url.query == "task_id=m") }
  }
}
