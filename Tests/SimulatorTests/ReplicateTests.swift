// Replicate as its documents and recordings show it, field by field.
import Testing
import Wire

@testable import Simulator

@Suite("Replicate")
struct ReplicateTests {
  let clock = SimulatorClock.still(at: Timestamp("2026-03-01T10:00:00Z")!)
  let simulator: Simulator

  init() throws { simulator = try Simulator.start(clock: clock) }

  @Test("a submit is answered 201 with a starting prediction and its follow-up URLs")
  func submitShape() throws {
    let received = try simulator.send(
      "POST", "/v1/predictions",
      body: [
        "version": "stability-ai/sdxl:39ed52f2a78e934b", "input": ["prompt": "a corgi", "seed": 7],
        "webhook": "https://example.com/hook",
      ])
    #expect(received.status == 201)
    #expect(received.headers["content-type"] == "application/json")
    #expect(received.headers["ratelimit-remaining"] == "599")
    let body = try received.json
    let id = try #require(body["id"]?.string)
    #expect(id.utf8.count == 26)
    #expect(
      body == [
        "id": .string(id), "model": "stability-ai/sdxl", "version": "39ed52f2a78e934b",
        "webhook": "https://example.com/hook", "input": ["prompt": "a corgi", "seed": 7],
        "logs": "", "output": nil, "data_removed": false, "error": nil, "status": "starting",
        "created_at": "2026-03-01T10:00:00.000000Z",
        "urls": [
          "cancel": .string("\(simulator.address)/v1/predictions/\(id)/cancel"),
          "get": .string("\(simulator.address)/v1/predictions/\(id)"),
          "stream": .string("\(simulator.address)/v1/streams/\(id)"),
          "web": .string("https://replicate.com/p/\(id)"),
        ],
      ])
  }

  @Test(
    "a submit by model or deployment names what runs it",
    arguments: [
      ("/v1/models/meta/llama-2-70b-chat/predictions", "meta/llama-2-70b-chat", "hidden"),
      ("/v1/deployments/acme/up/predictions", "acme/up", nil),
    ])
  func otherSubmits(path: String, model: String, version: String?) throws {
    let received = try simulator.send("POST", path, body: ["input": ["prompt": "x"]])
    #expect(received.status == 201)
    #expect(try received.json["model"]?.string == model)
    if let version {
      #expect(try received.json["version"]?.string == version)
    } else {
      #expect(try received.json["version"]?.string?.utf8.count == 64)
      #expect(try received.json["deployment"]?.string == model)
    }
  }

  @Test("a job goes from starting through processing with growing logs to succeeded")
  func life() throws {
    let id = try simulator.submit(
      prompt: "life", simulate: ["seconds": 100, "outcome": "succeeded"])
    #expect(try simulator.prediction(id)["status"] == "starting")
    clock.advance(seconds: 40)
    let early = try simulator.prediction(id)
    #expect(early["status"] == "processing")
    #expect(early["completed_at"] == .null)
    #expect(early["output"] == .null)
    #expect(early["started_at"]?.string?.hasPrefix("2026-03-01T10:00:") == true)
    clock.advance(seconds: 40)
    let late = try simulator.prediction(id)
    let logs = try (#require(early["logs"]?.string), #require(late["logs"]?.string))
    #expect(logs.0.utf8.count < logs.1.utf8.count)
    #expect(try lastPercent(logs.0) < lastPercent(logs.1))
    clock.advance(seconds: 20)
    let done = try simulator.prediction(id)
    #expect(done["status"] == "succeeded")
    #expect(done["completed_at"] == "2026-03-01T10:01:40.000000Z")
    #expect(try lastPercent(#require(done["logs"]?.string)) == 100)
    #expect(done["metrics"]?["total_time"] == .number("100.000000"))
    let work = try #require(done["metrics"]?["predict_time"]?.double)
    #expect(work >= 80 && work <= 95)
    #expect(done["source"] == "api")
    let again = try simulator.prediction(id)
    #expect(again == done, "a finished prediction does not change")
  }

  /// The last match of tqdm's percentage, as the official Python client reads it.
  private func lastPercent(_ logs: String) throws -> Int {
    let matches = logs.matches(of: /(\d+)%\|[^|]+\| \d+\/\d+ \[/)
    return try Int(#require(matches.last).1)!
  }

  @Test(
    "an output is one video, a list of images or a list of texts, by the model's name",
    arguments: [("acme/lipsync", "video/mp4"), ("stability-ai/sdxl", "image/png")])
  func outputs(model: String, type: String) throws {
    let received = try simulator.send(
      "POST", "/v1/models/\(model)/predictions",
      body: ["input": ["num_outputs": 2, "simulate": ["outcome": "succeeded"]]])
    clock.advance(seconds: 60)
    let id = try #require(received.json["id"]?.string)
    let output = try #require(try simulator.prediction(id)["output"])
    #expect((output.array?.count ?? 1) == (type == "image/png" ? 2 : 1))
    let urls = output.array ?? [output]
    let files = try urls.map { try simulator.send("GET", simulator.path(of: $0), headers: [:]) }
    #expect(files.allSatisfy { $0.status == 200 && $0.headers["content-type"] == type })
    #expect(Set(files.map(\.body)).count == files.count, "every file has bytes of its own")
  }

  @Test(
    "the job's own input chooses its end",
    arguments: [
      ("failed", "failed", "it broke"), ("moderated", "failed", "it broke"),
      ("aborted", "aborted", "it broke"), ("canceled", "canceled", nil),
    ])
  func wishes(outcome: String, word: String, error: String?) throws {
    let wish: JSON = ["outcome": .string(outcome), "seconds": 10, "error": "it broke"]
    let id = try simulator.submit(prompt: outcome, simulate: wish)
    clock.advance(seconds: 10)
    let done = try simulator.prediction(id)
    #expect(done["status"]?.string == word)
    #expect(done["error"] == error.map { .string($0) } ?? .null)
    #expect(done["output"] == .null)
    #expect((done["started_at"] == .null) == (outcome == "aborted"))
    #expect((done["metrics"]?["predict_time"] == nil) == (outcome == "aborted"))
  }

  @Test("moderated runs say E005 unless told otherwise")
  func moderation() throws {
    let id = try simulator.submit(prompt: "m", simulate: ["outcome": "moderated", "seconds": 1])
    clock.advance(seconds: 1)
    #expect(try simulator.prediction(id)["error"]?.string?.contains("(E005)") == true)
  }

  @Test("an output can be chosen, null included", arguments: [JSON.null, ["a": [1, 2.text]]])
  func chosenOutput(output: JSON) throws {
    let id = try simulator.submit(
      prompt: "o", simulate: ["outcome": "succeeded", "seconds": 1, "output": output])
    clock.advance(seconds: 1)
    let done = try simulator.prediction(id)
    #expect(done["status"] == "succeeded")
    #expect(done["output"] == output)
  }

  @Test("a cancel ends an open job and changes nothing in a finished one")
  func cancel() throws {
    let id = try simulator.submit(prompt: "c", simulate: ["seconds": 100, "outcome": "succeeded"])
    clock.advance(seconds: 50)
    let canceled = try simulator.send("POST", "/v1/predictions/\(id)/cancel")
    #expect(canceled.status == 200)
    #expect(try canceled.json["status"] == "canceled")
    #expect(try canceled.json["completed_at"] == "2026-03-01T10:00:50.000000Z")
    clock.advance(seconds: 100)
    #expect(try simulator.prediction(id)["status"] == "canceled")

    let finished = try simulator.submit(prompt: "d", simulate: ["seconds": 1, "outcome": "failed"])
    clock.advance(seconds: 2)
    let late = try simulator.send("POST", "/v1/predictions/\(finished)/cancel")
    #expect(late.status == 200)
    #expect(try late.json["status"] == "failed")
  }

  @Test("the list pages through all predictions once, newest first, by its own cursors")
  func list() throws {
    let ids = try (0..<205).map { try simulator.submit(prompt: "p\($0)") }
    var seen: [String] = []
    var sizes: [Int] = []
    var path: String? = "/v1/predictions"
    var last: JSON = nil
    while let next = path {
      last = try simulator.send("GET", next).json
      let page = try #require(last["results"]?.array)
      sizes.append(page.count)
      seen += page.compactMap { $0["id"]?.string }
      path = last["next"]?.isNull == false ? try simulator.path(of: last["next"]) : nil
    }
    #expect(sizes == [100, 100, 5])
    #expect(seen == ids.reversed())
    let previous = try simulator.send("GET", simulator.path(of: last["previous"])).json
    #expect(previous["results"]?.array?.first?["id"]?.string == ids[104])
  }

  @Test("a version can be asked for, as the official clients do before they run one")
  func version() throws {
    let received = try simulator.send("GET", "/v1/models/acme/clip/versions/abc123")
    #expect(received.status == 200)
    let body = try received.json
    #expect(body["id"] == "abc123" && body["openapi_schema"]?.object != nil)
    #expect(body["cog_version"]?.string != nil && body["created_at"]?.string != nil)
  }

  @Test("an hour after its end a prediction has lost its data and its files")
  func retention() throws {
    let id = try simulator.submit(prompt: "r", simulate: ["seconds": 1, "outcome": "succeeded"])
    clock.advance(seconds: 1)
    let url = try simulator.path(of: simulator.prediction(id)["output"])
    clock.advance(seconds: 3599)
    #expect(try simulator.prediction(id)["data_removed"] == false)
    #expect(try simulator.send("GET", url).status == 200)
    clock.advance(seconds: 1)
    let removed = try simulator.prediction(id)
    #expect(removed["data_removed"] == true)
    #expect(removed["output"] == .null && removed["input"] == [:] && removed["logs"] == "")
    #expect(removed["status"] == "succeeded")
    #expect(try simulator.send("GET", url).status == 404)
  }

  @Test("both token schemes are good, none is refused as recorded")
  func authentication() throws {
    let id = try simulator.submit(prompt: "a")
    for scheme in ["Bearer", "Token"] {
      let header = ["Authorization": "\(scheme) anything"]
      #expect(try simulator.send("GET", "/v1/predictions/\(id)", headers: header).status == 200)
    }
    for headers in [[:], ["Authorization": "Bearer"], ["Authorization": "Basic abc"]] {
      let refused = try simulator.send("GET", "/v1/predictions/\(id)", headers: headers)
      #expect(refused.status == 401)
      #expect(refused.headers["content-type"] == "application/problem+json")
      #expect(
        try refused.json == [
          "title": "Unauthenticated", "detail": "You did not pass a valid authentication token",
          "status": 401,
        ])
    }
  }

  @Test(
    "what is not there is a 404 problem",
    arguments: [
      ("GET", "/v1/predictions/nothing"), ("POST", "/v1/predictions/nothing/cancel"),
      ("GET", "/v1/predictions/"), ("GET", "/predictions"), ("DELETE", "/v1/predictions"),
      ("GET", "/"),
    ])
  func notFound(method: String, path: String) throws {
    let received = try simulator.send(method, path)
    #expect(received.status == 404)
    #expect(received.headers["content-type"] == "application/problem+json")
    #expect(try received.json["status"] == 404)
    #expect(try received.json["title"]?.string != nil && received.json["detail"]?.string != nil)
  }

  @Test(
    "a submit that is not as it should be is a 422 problem and makes no job",
    arguments: [
      "", "{", "[]", #"{"input":{}}"#, #"{"version":"v"}"#, #"{"version":"v","input":3}"#,
      #"{"version":"v","input":{"simulate":{"outcome":"lost"}}}"#,
      #"{"version":"v","input":{"simulate":{"seconds":-1}}}"#,
      #"{"version":"v","input":{"simulate":{"second":1}}}"#,
      #"{"version":"v","input":{"simulate":7}}"#,
    ])
  func invalid(body: String) throws {
    let received = try #require(
      try simulator.open("POST", "/v1/predictions", bytes: Array(body.utf8)).read())
    #expect(received.status == 422)
    #expect(received.headers["content-type"] == "application/problem+json")
    #expect(try received.json["detail"]?.string?.isEmpty == false)
    #expect(simulator.stats["jobs"]?["replicate"] == [:])
  }

  @Test("Prefer: wait answers a finished run with output under the word processing, as recorded")
  func preferWait() throws {
    let body: JSON = [
      "version": "acme/clip", "input": ["simulate": ["seconds": 5, "outcome": "succeeded"]],
    ]
    let headers = ["Authorization": "Bearer x", "Prefer": "wait=10"]
    let pending = try simulator.open("POST", "/v1/predictions", body: body, headers: headers)
    try simulator.wait { $0["posts"]?.array?.count == 1 }
    clock.advance(seconds: 5)
    let received = try #require(try pending.read())
    #expect(received.status == 201)
    #expect(received.headers["preference-applied"] == "wait=10")
    #expect(try received.json["status"] == "processing")
    #expect(try received.json["output"]?.string != nil)
    #expect(try received.json["completed_at"] == nil)
  }

  @Test("Prefer: wait that runs out is answered 202 with a starting prediction")
  func preferWaitRunsOut() throws {
    let body: JSON = ["version": "acme/clip", "input": ["simulate": ["seconds": 50]]]
    let headers = ["Authorization": "Bearer x", "Prefer": "wait=2"]
    let pending = try simulator.open("POST", "/v1/predictions", body: body, headers: headers)
    try simulator.wait { $0["posts"]?.array?.count == 1 }
    clock.advance(seconds: 20)
    let received = try #require(try pending.read())
    #expect(received.status == 202)
    #expect(try received.json["status"] == "starting")
    #expect(try received.json["output"] == .null)
  }

  @Test("a cancel ends the wait of the submit that is still held back")
  func cancelEndsWait() throws {
    let body: JSON = ["version": "acme/clip", "input": ["simulate": ["seconds": 50]]]
    let headers = ["Authorization": "Bearer x", "Prefer": "wait"]
    let pending = try simulator.open("POST", "/v1/predictions", body: body, headers: headers)
    try simulator.wait { $0["posts"]?.array?.count == 1 }
    let jobs = try simulator.send("GET", "/_simulator/jobs").json
    let id = try #require(jobs["jobs"]?.array?.first?["id"]?.string)
    #expect(try simulator.send("POST", "/v1/predictions/\(id)/cancel").status == 200)
    #expect(try pending.read()?.json["status"] == "canceled")
  }

  @Test("malformed preferences are ignored", arguments: ["wait=0", "wait=61", "wait=x", "respond"])
  func ignoredPreferences(prefer: String) throws {
    let headers = ["Authorization": "Bearer x", "Prefer": prefer]
    let body: JSON = ["version": "acme/clip", "input": [:]]
    let received = try simulator.send("POST", "/v1/predictions", body: body, headers: headers)
    #expect(received.status == 201)
    #expect(received.headers["preference-applied"] == nil)
  }
}

extension Int {
  /// For JSON literals that hold a string beside numbers.
  fileprivate var text: JSON { .string(String(self)) }
}
