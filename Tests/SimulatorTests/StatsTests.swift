// The simulator as a witness: what came twice, and what it would have cost.
import Testing
import Wire

@testable import Simulator

@Suite("The counts")
struct StatsTests {
  let clock = SimulatorClock.still()

  @Test("a job submitted twice is named, with its posts and its jobs")
  func twice() throws {
    let simulator = try Simulator.start(clock: clock)
    _ = try simulator.submit(prompt: "once")
    _ = try simulator.submit(prompt: "double")
    _ = try simulator.submit(prompt: "double")
    let stats = try simulator.send("GET", "/_simulator/stats").json
    let posts = try #require(stats["posts"]?.array)
    #expect(posts.map { $0["posts"]?.int } == [1, 2])
    #expect(posts.map { $0["jobs"]?.int } == [1, 2])
    let identity = try #require(posts.last?["identity"])
    #expect(stats["submitted_twice"] == [identity])
    #expect(stats["jobs"]?["replicate"] == ["starting": 3])
    #expect(stats["requests"]?["POST /v1/predictions"] == ["201": 3])
  }

  @Test("the order of members and the spelling of the body do not make another job")
  func canonical() throws {
    let simulator = try Simulator.start(clock: clock)
    for body in [
      #"{"version":"v","input":{"a":1,"b":"é"}}"#,
      #"{ "input": {"b":"\u00e9", "a":1}, "version":"v" }"#,
    ] {
      let received = try simulator.open("POST", "/v1/predictions", bytes: Array(body.utf8)).read()
      #expect(received?.status == 201)
    }
    #expect(simulator.stats["posts"]?.array?.map { $0["posts"]?.int } == [2])
  }

  @Test(
    "submitting again is fine after a proof of refusal and named after anything else",
    arguments: [
      ("429:1", true), ("402", true), ("401", true), ("503:1", false), ("drop-before:1", false),
      ("drop-after:1", false), ("html:1", false),
    ])
  func proof(fault: String, isProof: Bool) throws {
    let simulator = try Simulator.start(
      SimulatorOptions(faults: Fault.parse("submit/" + fault)), clock: clock)
    let body: JSON = ["version": "v", "input": [:]]
    for _ in 0..<2 { _ = try simulator.exchange("POST", "/v1/predictions", body: body) }
    let stats = simulator.stats
    #expect(stats["posts"]?.array?.first?["posts"] == 2)
    #expect((stats["submitted_twice"] == []) == isProof)
  }

  @Test("charges follow the provider's bill: worked seconds, nothing for aborted runs")
  func charges() throws {
    let simulator = try Simulator.start(SimulatorOptions(seed: 9), clock: clock)
    for outcome in ["succeeded", "failed", "moderated", "aborted"] {
      _ = try simulator.submit(
        prompt: outcome, simulate: ["seconds": 100, "outcome": .string(outcome)])
    }
    let id = try simulator.submit(prompt: "c", simulate: ["seconds": 1000, "outcome": "succeeded"])
    clock.advance(seconds: 300)
    #expect(try simulator.send("POST", "/v1/predictions/\(id)/cancel").status == 200)
    let charges = try #require(simulator.stats["charges"]?["replicate"]?.object)
    #expect(
      charges.members.map(\.name) == ["aborted", "canceled", "failed", "moderated", "succeeded"])
    #expect(charges["aborted"] == ["jobs": 1, "billed_seconds": "0.000000"])
    for outcome in ["failed", "moderated", "succeeded"] {
      let seconds = try #require(charges[outcome]?["billed_seconds"]?.string.flatMap { Double($0) })
      #expect(seconds >= 80 && seconds <= 95)
    }
    let canceled = try #require(
      charges["canceled"]?["billed_seconds"]?.string.flatMap { Double($0) })
    #expect(canceled >= 100 && canceled <= 250)
    let job = try #require(
      try simulator.send("GET", "/_simulator/jobs").json["jobs"]?.array?.last)
    #expect(job["billed_seconds"] == charges["canceled"]?["billed_seconds"])
    #expect(try simulator.prediction(id)["metrics"]?["predict_time"]?.double == canceled)
  }

  @Test("polls are counted for each job, and the seed is told")
  func polls() throws {
    let simulator = try Simulator.start(SimulatorOptions(seed: 77), clock: clock)
    let id = try simulator.submit(prompt: "x")
    for _ in 0..<3 { _ = try simulator.prediction(id) }
    let jobs = try simulator.send("GET", "/_simulator/jobs").json
    #expect(jobs["jobs"]?.array?.first?["polls"] == 3)
    #expect(simulator.stats["seed"] == 77)
  }
}
