// Streams of events, provider by provider.
import Foundation
import Testing
import Wire

@testable import Simulator

@Suite("A stream")
struct StreamTests {
  let clock = SimulatorClock.still()
  let key = ["Authorization": "Key id:secret"]

  private func start(_ faults: String? = nil) throws -> Simulator {
    try Simulator.start(
      SimulatorOptions(faults: faults.map { try Fault.parse($0) } ?? []), clock: clock)
  }

  private func data(_ event: String) throws -> JSON {
    try JSON(parsing: event.split(separator: "\n").last!.dropFirst(6).description)
  }

  @Test("of text arrives piece by piece with ids, and ends with done")
  func replicate() throws {
    let simulator = try start()
    let answer = try simulator.send(
      "POST", "/v1/models/meta/llama/predictions",
      body: ["input": ["simulate": ["seconds": 100, "outcome": "succeeded"]]]
    ).json
    let stream = try simulator.open("GET", simulator.path(of: answer["urls"]?["stream"]))
    clock.advance(seconds: 100)
    let (events, isOpen) = try stream.events(100)
    #expect(!isOpen)
    let pieces = events.filter { $0.hasPrefix("event: output") }
      .map { $0.components(separatedBy: "data: ")[1] }
    #expect(pieces.joined() == "Softly munching on the grass")
    #expect(events.allSatisfy { $0.contains("\nid: ") })
    #expect(events.last?.hasPrefix("event: done") == true)
    #expect(try data(events.last!) == [:])
    let again = try simulator.open("GET", simulator.path(of: answer["urls"]?["stream"]))
    #expect(try again.events(100).events == events)
  }

  @Test("of a run that fails or is canceled says why", arguments: ["failed", "canceled"])
  func ends(outcome: String) throws {
    let simulator = try start()
    let id = try simulator.submit(
      prompt: "x", simulate: ["seconds": 100, "outcome": "failed"])
    let stream = try simulator.open("GET", "/v1/streams/\(id)")
    if outcome == "canceled" {
      #expect(try simulator.send("POST", "/v1/predictions/\(id)/cancel").status == 200)
    } else {
      clock.advance(seconds: 100)
    }
    let events = try stream.events(100).events
    let reason = outcome == "failed" ? "error" : "canceled"
    #expect(try data(events.last!) == ["reason": .string(reason)])
    #expect(events.contains { $0.hasPrefix("event: error") } == (outcome == "failed"))
  }

  @Test("of a queue has unnamed statuses with the new logs alone, and closes when completed")
  func fal() throws {
    let simulator = try start()
    let job = try simulator.send(
      "POST", "/acme/clip", body: ["simulate": ["seconds": 100, "outcome": "succeeded"]],
      headers: key, at: "fal"
    ).json
    let path = try simulator.path(of: job["status_url"], at: "fal") + "/stream?logs=1"
    let stream = try simulator.open("GET", path, headers: key, at: "fal")
    #expect(try data(stream.events(1).events[0])["status"] == "IN_QUEUE")
    clock.advance(seconds: 60)
    let working = try data(try #require(stream.events(2).events.last))
    #expect(working["status"] == "IN_PROGRESS")
    clock.advance(seconds: 40)
    let (events, isOpen) = try stream.events(100)
    #expect(!isOpen && events.allSatisfy { $0.hasPrefix("data: ") })
    #expect(try data(events.last!)["status"] == "COMPLETED")
  }

  @Test("of a channel is open for ever, repeats nothing, and is silent for a wrong id")
  func channel() throws {
    let simulator = try start()
    let file = try simulator.send(
      "POST", "/api/v1/file/generate-video",
      body: ["config": ["simulate": ["seconds": 100, "outcome": "succeeded"]]]
    ).json
    let id = try #require(file["id"]?.string)
    let wrong = try simulator.open("GET", "/api/v1/events/project.\(id)", headers: [:])
    clock.advance(seconds: 50)
    let late = try simulator.open("GET", "/api/v1/events/file.\(id)?token=x", headers: [:])
    try simulator.wait { $0["requests"]?["GET /api/v1/events/{channel}"]?["200"] == 2 }
    clock.advance(seconds: 50)
    // How many messages of progress come before the end is a matter of when it is looked at.
    var (events, isOpen) = try late.events(4)
    while isOpen, let last = events.last, try data(last)["type"]?.string != "file" {
      (events, isOpen) = try late.events(events.count + 1)
    }
    #expect(isOpen)
    let types = try events.map { try data($0)["type"]?.string }
    #expect(types.suffix(3) == ["task", "render_result", "file"])
    #expect(types.dropLast(3).allSatisfy { $0 == "render_progress" })
    #expect(try data(events.last!)["object"]?["url"]?.string != nil)
    simulator.stop()
    #expect(try wrong.events(1).events == [])
    let bad = try start().send("GET", "/api/v1/events/x", headers: [:])
    #expect(bad.status == 422)
  }

  @Test("of a self-hosted service refuses browsers and ends with the generation")
  func selfHosted() throws {
    let simulator = try start()
    let post = try simulator.open(
      "POST", "/api/master-mode/generate-story",
      body: ["client_generation_id": "g", "simulate": ["seconds": 100, "outcome": "succeeded"]])
    try simulator.wait { $0["posts"]?.array?.first?["jobs"] == 1 }
    let path = "/api/master-mode/progress/g"
    #expect(
      try simulator.send("GET", path, headers: ["Origin": "https://a.example"]).status == 403)
    let stream = try simulator.open("GET", path)
    #expect(try data(stream.events(1).events[0])["status"] == "processing")
    clock.advance(seconds: 100)
    #expect(try data(stream.events(100).events.last!)["status"] == "completed")
    #expect(try post.read()?.status == 200)
  }

  @Test("can be refused, cut after so many events, or say nothing at all")
  func faults() throws {
    let refused = try start("stream/403")
    let id = try refused.submit(prompt: "x")
    #expect(try refused.send("GET", "/v1/streams/\(id)").status == 403)

    let cut = try start("cut:1:2*1")
    let job = try cut.submit(prompt: "x", simulate: ["seconds": 10])
    clock.advance(seconds: 10)
    let first = try cut.open("GET", "/v1/streams/\(job)").events(100)
    #expect(first.events.count == 2 && !first.isOpen)
    #expect(try cut.open("GET", "/v1/streams/\(job)").events(100).events.count > 2)

    let silent = try start("silent")
    let mute = try silent.open("GET", "/v1/streams/\(try silent.submit(prompt: "x"))")
    try silent.wait { $0["faults"]?["silent"] == 1 }
    clock.advance(seconds: 1000)
    silent.stop()
    #expect(try mute.events(1).events == [])
  }

  @Test("of a prediction whose client leaves is closed; the job does not care")
  func leaves() throws {
    let simulator = try Simulator.start(SimulatorOptions(pace: Pace(seconds: 0.2...0.2)))
    let id = try simulator.submit(prompt: "x")
    do { _ = try simulator.open("GET", "/v1/streams/\(id)") }
    try simulator.wait { $0["jobs"]?["replicate"]?["succeeded"] == 1 }
    #expect(try simulator.send("GET", "/v1/predictions/\(id)").status == 200)
  }
}
