// Starting, bounds, and the clock that really runs.
import Testing
import Wire

@testable import Simulator

@Suite("A simulator")
struct StartTests {
  @Test("a port out of range is refused", arguments: [-1, 65_536])
  func portOutOfRange(port: Int) {
    #expect(throws: SimulatorError.portOutOfRange(port)) {
      try Simulator.start(SimulatorOptions(port: port))
    }
  }

  @Test("on the running clock a job ends by itself")
  func runs() throws {
    let simulator = try Simulator.start()
    let answer = try simulator.send(
      "POST", "/api/master-mode/generate-story",
      body: [
        "client_generation_id": "real",
        "simulate": ["seconds": .number("0.05"), "outcome": "succeeded"],
      ])
    #expect(try answer.json["status"] == "completed")
  }

  @Test("a body beyond the bound is 413 and makes no job, chunks or not")
  func bodyBound() throws {
    var limits = SimulatorLimits()
    limits.bodyBytes = 1000
    let simulator = try Simulator.start(SimulatorOptions(limits: limits))
    let long = #"{"version":"v","input":{"a":""# + String(repeating: "x", count: 2000) + "\"}}"
    let refused = try simulator.open("POST", "/v1/predictions", bytes: Array(long.utf8)).read()
    #expect(refused?.status == 413)
    let head = "POST /v1/predictions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    let chunk = "400\r\n" + String(repeating: "y", count: 1024) + "\r\n"
    let chunked =
      head + "Transfer-Encoding: chunked\r\n\r\n" + chunk + chunk + "0\r\n\r\n"
    #expect(try Pending(port: simulator.port, bytes: Array(chunked.utf8)).read()?.status == 413)
    let endless =
      head + "Transfer-Encoding: chunked\r\n\r\n" + String(repeating: chunk, count: 1_200)
    #expect(try Pending(port: simulator.port, bytes: Array(endless.utf8)).read() == nil)
    #expect(simulator.stats["jobs"]?["replicate"] == [:])
  }

  @Test("a full world refuses further jobs and keeps those it has")
  func jobBound() throws {
    var limits = SimulatorLimits()
    limits.jobs = 2
    let simulator = try Simulator.start(SimulatorOptions(limits: limits))
    let first = try simulator.submit(prompt: "1")
    _ = try simulator.submit(prompt: "2")
    let body: JSON = ["version": "v", "input": ["prompt": "3"]]
    #expect(try simulator.send("POST", "/v1/predictions", body: body).status == 503)
    #expect(try simulator.prediction(first)["id"]?.string == first)
  }

  @Test("a page of jobs can be followed to the end")
  func jobs() throws {
    let simulator = try Simulator.start()
    let ids = try (0..<5).map { try simulator.submit(prompt: "\($0)") }
    let first = try simulator.send("GET", "/_simulator/jobs?limit=3").json
    let second = try simulator.send("GET", "/_simulator/jobs?after=3").json
    #expect(first["next_after"] == 3 && second["next_after"] == .null)
    let seen = [first, second].flatMap { $0["jobs"]?.array ?? [] }.map { $0["id"]?.string }
    #expect(seen == ids)
  }
}
