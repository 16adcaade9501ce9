// The simulated SuperDuperAI, and the ports of the house.
import Testing
import Wire

@testable import Simulator

@Suite("The simulated SuperDuperAI")
struct SuperDuperAITests {
  let clock = SimulatorClock.still()

  @Test(
    "a file is in progress until its URL is there; images are answered with a list",
    arguments: ["video", "image"])
  func file(kind: String) throws {
    let simulator = try Simulator.start(clock: clock)
    let answer = try simulator.send(
      "POST", "/api/v1/file/generate-\(kind)",
      body: [
        "config": ["prompt": "x", "simulate": ["seconds": 10, "outcome": "succeeded"]],
        "project_id": "p",
      ]
    ).json
    let file = try #require(kind == "image" ? answer.array?.first : answer)
    let id = try #require(file["id"]?.string)
    #expect(file["project_id"] == "p")
    let early = try simulator.send("GET", "/api/v1/file/\(id)").json
    #expect(early["url"] == .null && early["tasks"]?.array?.first?["status"] == "in_progress")
    clock.advance(seconds: 10)
    let done = try simulator.send("GET", "/api/v1/file/\(id)").json
    #expect(done["tasks"]?.array?.first?["status"] == "completed")
    #expect(try simulator.send("GET", simulator.path(of: done["url"])).status == 200)
    #expect(try simulator.send("GET", "/api/v1/project/\(id)").status == 404)
  }

  @Test("a project has its own route, and an error its own word")
  func project() throws {
    let simulator = try Simulator.start(clock: clock)
    let project = try simulator.send(
      "POST", "/api/v1/project/video",
      body: ["config": ["simulate": ["seconds": 1, "outcome": "failed"]]]
    ).json
    let id = try #require(project["id"]?.string)
    clock.advance(seconds: 1)
    let done = try simulator.send("GET", "/api/v1/project/\(id)").json
    #expect(done["tasks"]?.array?.first?["status"] == "error" && done["url"] == .null)
    #expect(try simulator.send("GET", "/api/v1/file/\(id)").status == 404)
    let bare = try simulator.send("POST", "/api/v1/project/video", body: [:], headers: [:])
    #expect(bare.status == 401)
  }

  @Test("each provider has a port to itself, named on the main one; paths cannot collide")
  func doors() throws {
    let simulator = try Simulator.start(clock: clock)
    let listed = try simulator.send("GET", "/_simulator").json["providers"]?.object?.members
    #expect(
      listed?.map(\.name) == [
        "replicate", "self-hosted", "superduperai", "higgsfield-legacy", "higgsfield", "fal",
      ])
    #expect(Set(simulator.addresses.map(\.address)).count == 6)
    // The same path means another thing at every door.
    let body: JSON = ["prompt": "x"]
    #expect(try simulator.send("POST", "/acme/model", body: body).status == 404)
    let key = ["Authorization": "Key a:b"]
    for door in ["fal", "higgsfield"] {
      let answer = try simulator.send("POST", "/acme/model", body: body, headers: key, at: door)
      #expect(answer.status == 200)
      #expect(
        try answer.json["status_url"]?.string?.hasPrefix(simulator.address(of: door)!) == true)
    }
  }

  @Test("one provider wanted has the main port; one that nobody simulates is refused")
  func wanted() throws {
    var options = SimulatorOptions()
    options.providers = ["fal"]
    let simulator = try Simulator.start(options, clock: clock)
    #expect(simulator.addresses.map(\.address) == [simulator.address])
    options.providers = ["acme"]
    #expect(throws: SimulatorError.self) { try Simulator.start(options, clock: clock) }
  }
}
