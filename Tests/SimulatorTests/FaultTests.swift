// Every fault, over real connections.
import Testing
import Wire

@testable import Simulator

@Suite("A fault")
struct FaultTests {
  let clock = SimulatorClock.still()

  private func start(_ faults: String) throws -> Simulator {
    try Simulator.start(SimulatorOptions(faults: Fault.parse(faults)), clock: clock)
  }

  private let body: JSON = ["version": "acme/clip", "input": ["prompt": "x"]]

  private func jobs(_ simulator: Simulator) -> Int? {
    simulator.stats["posts"]?.array?.first?["jobs"]?.int
  }

  @Test("a status fault is not processed", arguments: [408, 500, 503, 524])
  func unavailable(status: Int) throws {
    let simulator = try start("submit/\(status):1")
    let received = try simulator.send("POST", "/v1/predictions", body: body)
    #expect(received.status == status)
    #expect(try received.json["status"]?.int == status)
    #expect(jobs(simulator) == 0)
    #expect(simulator.stats["faults"] == .object(JSONObject([.init("\(status)", 1)])))
  }

  @Test("429 with seconds is as quoted, without seconds says nothing of when")
  func throttled() throws {
    let timed = try start("429:1:5").send("POST", "/v1/predictions", body: body)
    #expect(timed.status == 429)
    #expect(timed.headers["retry-after"] == "5")
    #expect(
      try timed.json == [
        "detail": "Request was throttled. Your rate limit resets in ~5s.", "status": 429,
        "retry_after": 5,
      ])
    let bare = try start("429:1").send("POST", "/v1/predictions", body: body)
    #expect(bare.status == 429)
    #expect(bare.headers["retry-after"] == nil)
    #expect(try bare.json["retry_after"] == nil)
  }

  @Test("drop-before closes the connection and makes no job")
  func dropBefore() throws {
    let simulator = try start("submit/drop-before:1")
    #expect(try simulator.exchange("POST", "/v1/predictions", body: body) == nil)
    #expect(jobs(simulator) == 0)
    #expect(simulator.stats["requests"]?["POST /v1/predictions"] == ["dropped": 1])
  }

  @Test("drop-after makes the job and closes the connection")
  func dropAfter() throws {
    let simulator = try start("submit/drop-after:1")
    #expect(try simulator.exchange("POST", "/v1/predictions", body: body) == nil)
    #expect(jobs(simulator) == 1)
    #expect(try simulator.send("GET", "/v1/predictions").json["results"]?.array?.count == 1)
  }

  @Test("drop-after does not wait for a blocking job")
  func dropAfterBlocking() throws {
    let simulator = try start("submit/drop-after:1")
    let closed = try simulator.exchange(
      "POST", "/api/master-mode/generate-story", body: ["client_generation_id": "g"])
    #expect(closed == nil)
    #expect(try simulator.send("GET", "/api/generations/g").json["status"] == "processing")
  }

  @Test("a delayed request is processed at once and answered later")
  func delay() throws {
    let simulator = try start("submit/delay:1:30")
    let pending = try simulator.open("POST", "/v1/predictions", body: body)
    try simulator.wait { $0["posts"]?.array?.first?["jobs"] == 1 }
    clock.advance(seconds: 30)
    #expect(try pending.read()?.status == 201)
  }

  @Test("404 hides a job for its first seconds")
  func missing() throws {
    let simulator = try start("404:3")
    let id = try simulator.submit(prompt: "x")
    #expect(try simulator.send("GET", "/v1/predictions/\(id)").status == 404)
    clock.advance(seconds: 2.9)
    #expect(try simulator.send("GET", "/v1/predictions/\(id)").status == 404)
    #expect(try simulator.send("GET", "/v1/predictions").status == 200)
    clock.advance(seconds: 0.1)
    #expect(try simulator.send("GET", "/v1/predictions/\(id)").status == 200)
  }

  @Test("html is 200 with a page and nothing processed")
  func html() throws {
    let simulator = try start("html:1")
    let received = try simulator.send("POST", "/v1/predictions", body: body)
    #expect(received.status == 200)
    #expect(received.headers["content-type"]?.hasPrefix("text/html") == true)
    #expect(received.text.hasPrefix("<!DOCTYPE html>"))
    #expect(jobs(simulator) == 0)
  }

  @Test("401 refuses every token; 402 strikes submits only, unless told otherwise")
  func account() throws {
    #expect(try start("401").send("GET", "/v1/predictions").status == 401)
    let simulator = try start("402")
    let refused = try simulator.send("POST", "/v1/predictions", body: body)
    #expect(refused.status == 402)
    #expect(refused.headers["content-type"] == "application/problem+json")
    #expect(try refused.json["title"] == "Insufficient credit")
    #expect(try simulator.send("GET", "/v1/predictions").status == 200)
    #expect(try start("any/402").send("GET", "/v1/predictions").status == 402)
  }

  @Test("faults speak the provider's language")
  func words() throws {
    let simulator = try start("submit/503:1")
    let received = try simulator.send(
      "POST", "/api/master-mode/generate-story", body: ["client_generation_id": "g"])
    #expect(received.status == 503)
    #expect(try received.json == ["detail": "Service unavailable"])
  }

  @Test(
    "a fault strikes only its phase", arguments: Phase.allCases.filter { $0 != .webhook })
  func phases(phase: Phase) throws {
    let simulator = try start("\(phase.rawValue)/503:1")
    let id = phase == .submit ? "x" : try simulator.submit(prompt: "x")
    let requests: [(Phase, String, String)] = [
      (.submit, "POST", "/v1/predictions"), (.status, "GET", "/v1/predictions/\(id)"),
      (.cancel, "POST", "/v1/predictions/\(id)/cancel"), (.list, "GET", "/v1/predictions"),
      (.output, "GET", "/pbxt/\(id)/out.mp4"),
    ]
    for (other, method, path) in requests {
      let received = try simulator.send(method, path, body: method == "POST" ? body : nil)
      #expect((received.status == 503) == (other == phase))
    }
    #expect(try simulator.send("GET", "/_simulator/stats").status == 200)
  }

  @Test("probabilities hold over many requests, and the first fault that strikes decides")
  func probabilities() throws {
    let simulator = try start("status/503:0.25,status/429:0.25,delay:0.1:0")
    let id = try simulator.submit(prompt: "x")
    var counts: [Int: Int] = [:]
    for _ in 0..<1000 {
      counts[try simulator.send("GET", "/v1/predictions/\(id)").status, default: 0] += 1
    }
    #expect((200...300).contains(counts[503] ?? 0))
    #expect((140...240).contains(counts[429] ?? 0))
    #expect(counts[200] == 1000 - counts[503]! - counts[429]!)
    let faults = simulator.stats["faults"]
    #expect(faults?["503"]?.int == counts[503])
    #expect(faults?["429"]?.int == counts[429])
  }
}
