// The simulated Higgsfield, today's API and the older job sets.
import Testing
import Wire

@testable import Simulator

@Suite("The simulated Higgsfield")
struct HiggsfieldTests {
  let clock = SimulatorClock.still()
  let key = ["Authorization": "Key id:secret"]

  private func start(_ options: SimulatorOptions = SimulatorOptions()) throws -> Simulator {
    try Simulator.start(options, clock: clock)
  }

  private func submit(
    _ simulator: Simulator, _ simulate: JSON = [:], prompt: String = "x",
    model: String = "higgsfield-ai/dop/standard", headers: [String: String] = [:]
  ) throws -> Received {
    try simulator.send(
      "POST", "/\(model)", body: ["prompt": .string(prompt), "simulate": simulate],
      headers: key.merging(headers) { $1 }, at: "higgsfield")
  }

  private func get(_ simulator: Simulator, _ url: JSON?) throws -> Received {
    try simulator.send(
      "GET", simulator.path(of: url, at: "higgsfield"), headers: key, at: "higgsfield")
  }

  @Test(
    "every end has its word; what it made, and what it costs, is told only for a success",
    arguments: [
      ("succeeded", "completed"), ("failed", "failed"), ("moderated", "nsfw"),
      ("aborted", "failed"),
    ])
  func life(outcome: String, word: String) throws {
    let simulator = try start()
    let answer = try submit(simulator, ["seconds": 100, "outcome": .string(outcome)])
    let job = try answer.json
    #expect(answer.status == 200 && job["status"] == "queued")
    if outcome != "aborted" {
      clock.advance(seconds: 50)
      #expect(try get(simulator, job["status_url"]).json["status"] == "in_progress")
    }
    clock.advance(seconds: 100)
    let done = try get(simulator, job["status_url"]).json
    #expect(done["status"]?.string == word)
    #expect((done["error"] != nil) == (word == "failed"))
    #expect((done["video"] != nil) == (word == "completed"))
    if let url = done["video"]?["url"] { #expect(try get(simulator, url).status == 200) }
    let bill = simulator.stats["charges"]?["higgsfield"]?[outcome]?["billed_credits"]
    #expect(bill == (outcome == "succeeded" ? "9.000000" : nil))
  }

  @Test("a key with the same body is the same request; with another body it is 422")
  func idempotency() throws {
    let simulator = try start()
    let once = ["Idempotency-Key": "k1"]
    let first = try submit(simulator, headers: once).json
    let second = try submit(simulator, headers: once)
    #expect(try second.json["request_id"] == first["request_id"])
    #expect(try submit(simulator, prompt: "other", headers: once).status == 422)
    #expect(try submit(simulator, headers: ["Idempotency-Key": "a b"]).status == 422)
    let posts = try #require(simulator.stats["posts"]?.array?.first)
    #expect(posts["posts"] == 3 && posts["jobs"] == 1)
    #expect(try submit(simulator).json["request_id"] != first["request_id"])
  }

  @Test("a cancel is 202 in the queue and 400 afterwards; a canceled request is given back")
  func cancel() throws {
    let simulator = try start()
    let job = try submit(simulator, ["seconds": 100]).json
    let path = try simulator.path(of: job["cancel_url"], at: "higgsfield")
    func cancel() throws -> Int {
      try simulator.send("POST", path, headers: key, at: "higgsfield").status
    }
    #expect(try cancel() == 202)
    #expect(try get(simulator, job["status_url"]).json["status"] == "canceled")
    #expect(try cancel() == 400)
    #expect(simulator.stats["charges"]?["higgsfield"]?["canceled"]?["billed_credits"] == nil)
    let deleted = try simulator.send(
      "DELETE", path.replacing("/cancel", with: ""), headers: key, at: "higgsfield")
    #expect(deleted.status == 204)
    #expect(try get(simulator, job["status_url"]).status == 404)
  }

  @Test("too many at once is 400 with the known words; an empty account is 403")
  func refusals() throws {
    var options = SimulatorOptions(faults: try Fault.parse("402:0"))
    options.concurrency = 2
    let simulator = try start(options)
    _ = try (submit(simulator, ["seconds": 10]), submit(simulator, ["seconds": 10], prompt: "y"))
    let refused = try submit(simulator, prompt: "z")
    #expect(refused.status == 400)
    #expect(
      try refused.json["detail"] == "Maximum number of concurrent requests (2) has been reached")
    clock.advance(seconds: 10)
    #expect(try submit(simulator, prompt: "z").status == 200)
    let poor = try start(SimulatorOptions(faults: Fault.parse("402")))
    #expect(try submit(poor).status == 403)
  }

  @Test("an estimate is in decimal strings, and a life below an hour is refused")
  func estimate() throws {
    let simulator = try start()
    let estimate = try simulator.send(
      "POST", "/estimate/higgsfield-ai/soul", body: [:], headers: key, at: "higgsfield")
    #expect(try estimate.json == ["credits": "1.500", "usd": "0.093"])
    #expect(try submit(simulator, headers: ["Hf-Expires-After": "60"]).status == 422)
    #expect(try submit(simulator, headers: ["Hf-Expires-After": "3600"]).status == 200)
  }

  @Test("outputs are gone when their life is over")
  func retention() throws {
    var options = SimulatorOptions()
    options.outputLifeSeconds = 30
    let simulator = try start(options)
    let job = try submit(simulator, ["seconds": 1, "outcome": "succeeded"]).json
    clock.advance(seconds: 30.9)
    let url = try get(simulator, job["status_url"]).json["video"]?["url"]
    #expect(try get(simulator, url).status == 200)
    clock.advance(seconds: 0.2)
    #expect(try get(simulator, url).status == 404)
  }

  @Test("a job set ends job by job; old and new headers both open it, on both ports")
  func legacy() throws {
    let simulator = try start()
    let old = ["hf-api-key": "a", "hf-secret": "b"]
    let body: JSON = [
      "params": [
        "prompt": "x", "batch_size": 4, "simulate": ["seconds": 100, "outcome": "succeeded"],
      ]
    ]
    let set = try simulator.send(
      "POST", "/v1/text2image/soul", body: body, headers: old, at: "higgsfield"
    ).json
    let id = try #require(set["id"]?.string)
    func words() throws -> [String] {
      try simulator.send("GET", "/v1/job-sets/\(id)", headers: key).json["jobs"]?.array?
        .compactMap { $0["status"]?.string } ?? []
    }
    #expect(try words() == Array(repeating: "queued", count: 4))
    clock.advance(seconds: 70)
    let half = try words()
    #expect(half.first == "completed" && half.last == "in_progress")
    clock.advance(seconds: 30)
    #expect(try words() == Array(repeating: "completed", count: 4))
    let bare = try simulator.send("POST", "/v1/image2video/dop", body: body, headers: [:])
    #expect(bare.status == 401)
    let wrong = try simulator.send("POST", "/v1/image2video/dop", body: ["a": 1], headers: old)
    #expect(wrong.status == 422)
  }
}
