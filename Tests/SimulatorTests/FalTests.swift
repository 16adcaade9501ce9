// The simulated fal queue, as its documentation and its official client's source have it.
import Testing
import Wire

@testable import Simulator

@Suite("The simulated fal")
struct FalTests {
  let clock = SimulatorClock.still()
  let key = ["Authorization": "Key id:secret"]

  private func start(_ options: SimulatorOptions = SimulatorOptions()) throws -> Simulator {
    try Simulator.start(options, clock: clock)
  }

  private func submit(
    _ simulator: Simulator, _ simulate: JSON = [:], model: String = "acme/clip/text-to-video",
    headers: [String: String] = [:]
  ) throws -> JSON {
    let received = try simulator.send(
      "POST", "/\(model)", body: ["prompt": "x", "simulate": simulate],
      headers: key.merging(headers) { $1 }, at: "fal")
    #expect(received.status == 200)
    return try received.json
  }

  private func get(_ simulator: Simulator, _ url: JSON?, query: String = "") throws -> Received {
    try simulator.send(
      "GET", simulator.path(of: url, at: "fal") + query, headers: key, at: "fal")
  }

  @Test(
    "a request is queued, works with logs, completes and has a result; statuses are 202 and 200")
  func life() throws {
    let simulator = try start()
    let job = try submit(simulator, ["seconds": 100, "outcome": "succeeded"])
    #expect(job["status"] == "IN_QUEUE" && job["queue_position"] == 0)
    // The model's path is cut off its follow-up URLs.
    let id = try #require(job["request_id"]?.string)
    let app = try #require(simulator.address(of: "fal")) + "/acme/clip/requests/" + id
    #expect(job["response_url"]?.string == app && job["status_url"]?.string == app + "/status")
    #expect(job["cancel_url"]?.string == app + "/cancel")
    #expect(try get(simulator, job["status_url"]).status == 202)
    clock.advance(seconds: 50)
    let working = try get(simulator, job["status_url"], query: "?logs=1")
    #expect(working.status == 202)
    #expect(try working.json["status"] == "IN_PROGRESS")
    #expect(try working.json["logs"]?.array?.isEmpty == false)
    #expect(try get(simulator, job["status_url"]).json["logs"] == .null)
    #expect(try get(simulator, job["response_url"]).status == 400)
    clock.advance(seconds: 50)
    let done = try get(simulator, job["status_url"])
    #expect(done.status == 200)
    #expect(try done.json["status"] == "COMPLETED")
    #expect(try done.json["metrics"]?["inference_time"] != nil)
    #expect(done.headers["x-fal-request-id"] == id)
    let result = try get(simulator, job["response_url"]).json
    let file = try get(simulator, result["video"]?["url"])
    #expect(file.status == 200 && file.headers["content-type"] == "video/mp4")
    #expect(result["seed"]?.int == nil)
  }

  @Test("a status with the whole model name, or of another app, is not found")
  func incomplete() throws {
    let simulator = try start()
    let id = try #require(try submit(simulator)["request_id"]?.string)
    for app in ["acme/clip/text-to-video", "acme/other"] {
      let path = "/\(app)/requests/\(id)/status"
      #expect(try simulator.send("GET", path, headers: key, at: "fal").status == 404)
    }
    let workflow = try submit(simulator, model: "workflows/acme/flow/run")
    #expect(workflow["status_url"]?.string?.contains("/workflows/acme/flow/requests/") == true)
  }

  @Test(
    "failure is COMPLETED with an error, and an HTTP error from the result",
    arguments: [
      ("failed", 500, "internal_server_error", true),
      ("moderated", 422, "content_policy_violation", true),
      ("aborted", 504, "request_timeout", false),
    ])
  func failure(outcome: String, status: Int, type: String, isModels: Bool) throws {
    let simulator = try start()
    let job = try submit(simulator, ["seconds": 1, "outcome": .string(outcome)])
    clock.advance(seconds: 1)
    let said = try get(simulator, job["status_url"])
    #expect(said.status == 200)
    #expect(try said.json["status"] == "COMPLETED" && said.json["error_type"]?.string == type)
    let result = try get(simulator, job["response_url"])
    #expect(result.status == status)
    if isModels {
      #expect(try result.json["detail"]?.array?.first?["type"]?.string == type)
      #expect(result.headers["x-fal-retryable"] == (status >= 500 ? "true" : "false"))
    } else {
      #expect(result.headers["x-fal-error-type"] == type)
      #expect(result.headers["x-fal-request-timeout-type"] == "user")
    }
  }

  @Test("a cancel is 202, then 400, and 404 for a request nobody knows")
  func cancel() throws {
    let simulator = try start()
    let job = try submit(simulator, ["seconds": 100])
    let path = try simulator.path(of: job["cancel_url"], at: "fal")
    let first = try simulator.send("PUT", path, headers: key, at: "fal")
    #expect(first.status == 202)
    #expect(try first.json == ["status": "CANCELLATION_REQUESTED"])
    let second = try simulator.send("PUT", path, headers: key, at: "fal")
    #expect(second.status == 400)
    #expect(try second.json == ["status": "ALREADY_COMPLETED"])
    let unknown = try simulator.send("PUT", "/a/b/requests/x/cancel", headers: key, at: "fal")
    #expect(unknown.status == 404)
    #expect(try get(simulator, job["response_url"]).status == 499)
  }

  @Test("more requests than may run at once wait; nobody is refused")
  func concurrency() throws {
    var options = SimulatorOptions()
    options.concurrency = 1
    let simulator = try start(options)
    let jobs = try (0..<3).map { _ in try submit(simulator, ["seconds": 10]) }
    #expect(jobs.map { $0["queue_position"]?.int } == [0, 0, 0])
    clock.advance(seconds: 9)
    #expect(try get(simulator, jobs[1]["status_url"]).json["status"] == "IN_QUEUE")
    clock.advance(seconds: 9)
    #expect(try get(simulator, jobs[0]["status_url"]).json["status"] == "COMPLETED")
    #expect(try get(simulator, jobs[1]["status_url"]).json["status"] == "IN_PROGRESS")
    #expect(try get(simulator, jobs[2]["status_url"]).json["status"] == "IN_QUEUE")
  }

  @Test("a deadline that passes in the queue is a request timeout")
  func deadline() throws {
    let simulator = try start()
    let job = try submit(
      simulator, ["seconds": 1000], headers: ["X-Fal-Request-Timeout": "2"])
    clock.advance(seconds: 3)
    #expect(try get(simulator, job["status_url"]).json["error_type"] == "request_timeout")
  }

  @Test("outputs live as long as the submit's lifecycle preference says")
  func lifecycle() throws {
    let simulator = try start()
    let job = try submit(
      simulator, ["seconds": 1, "outcome": "succeeded"],
      headers: ["X-Fal-Object-Lifecycle-Preference": #"{"expiration_duration_seconds":60}"#])
    clock.advance(seconds: 1)
    let url = try get(simulator, job["response_url"]).json["video"]?["url"]
    #expect(try get(simulator, url).status == 200)
    clock.advance(seconds: 60)
    #expect(try get(simulator, url).status == 404)
  }

  @Test("without a key nothing is answered, and only success and refused content are billed")
  func manners() throws {
    let simulator = try start()
    let bare = try simulator.send("POST", "/a/b", body: [:], headers: [:], at: "fal")
    #expect(bare.status == 401)
    for outcome in ["succeeded", "failed", "moderated", "aborted"] {
      _ = try submit(simulator, ["seconds": 10, "outcome": .string(outcome)])
    }
    clock.advance(seconds: 10)
    let charges = try #require(simulator.stats["charges"]?["fal"])
    for (outcome, isBilled) in [
      ("succeeded", true), ("failed", false), ("moderated", true), ("aborted", false),
    ] {
      #expect((charges[outcome]?["billed_seconds"] != "0.000000") == isBilled, "\(outcome)")
    }
  }
}
