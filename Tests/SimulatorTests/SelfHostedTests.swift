// The self-hosted service whose POST blocks until the work is done.
import Testing
import Wire

@testable import Simulator

@Suite("Self-hosted generations")
struct SelfHostedTests {
  let clock = SimulatorClock.still()
  let simulator: Simulator

  init() throws { simulator = try Simulator.start(clock: clock) }

  private func post(_ id: String, simulate: JSON) throws -> Pending {
    try simulator.open(
      "POST", "/api/master-mode/generate-story",
      body: [
        "client_generation_id": .string(id), "prompt": "a story", "num_scenes": 5,
        "simulate": simulate,
      ])
  }

  private func generation(_ id: String) throws -> JSON {
    let received = try simulator.send("GET", "/api/generations/\(id)", headers: [:])
    guard received.status == 200 else { throw ClientError(reason: received.text) }
    return try received.json
  }

  private func arrived(_ count: Int) throws {
    try simulator.wait { $0["posts"]?.array?.first?["posts"]?.int == count }
  }

  @Test("the POST blocks until the generation is done, and the status tells the way there")
  func life() throws {
    let pending = try post("gen-1", simulate: ["seconds": 300, "outcome": "succeeded"])
    try arrived(1)
    let first = try generation("gen-1")
    #expect(
      first == [
        "id": "gen-1", "status": "processing", "progress": .number("0.00"), "stage": "queued",
        "video_url": nil, "temp_clip_paths": [], "num_scenes": 5, "error": nil,
      ])
    clock.advance(seconds: 200)
    let middle = try generation("gen-1")
    #expect(middle["status"] == "processing")
    let progress = try #require(middle["progress"]?.double)
    #expect(progress > 0 && progress < 1)
    let clips = try #require(middle["temp_clip_paths"]?.array)
    #expect(clips.count == Int(progress * 5))
    #expect(middle["stage"]?.string == "scene \(clips.count + 1) of 5")
    clock.advance(seconds: 100)
    let answer = try #require(try pending.read())
    #expect(answer.status == 200)
    let done = try generation("gen-1")
    #expect(try answer.json == done)
    #expect(done["status"] == "completed")
    #expect(done["progress"] == .number("1.00"))
    #expect(done["temp_clip_paths"]?.array?.count == 5)
    let video = try simulator.send("GET", simulator.path(of: done["video_url"]))
    #expect(video.status == 200)
    #expect(video.headers["content-type"] == "video/mp4")
  }

  @Test(
    "whatever goes wrong is failed with an error",
    arguments: ["failed", "moderated", "aborted", "canceled"])
  func failures(outcome: String) throws {
    let pending = try post("gen", simulate: ["seconds": 3, "outcome": .string(outcome)])
    try arrived(1)
    clock.advance(seconds: 3)
    #expect(try pending.read()?.json["status"] == "failed")
    let done = try generation("gen")
    #expect(done["status"] == "failed")
    #expect(done["video_url"] == .null)
    #expect(done["error"]?.string?.isEmpty == false)
  }

  @Test("the job runs to its end although the client left")
  func clientLeaves() throws {
    var pending: Pending? = try post("gone", simulate: ["seconds": 500, "outcome": "succeeded"])
    _ = pending
    try arrived(1)
    pending = nil
    try simulator.wait { stats in
      clock.advance(seconds: 1)
      return stats["left_while_waiting"] == 1
    }
    clock.advance(seconds: 500)
    #expect(try generation("gone")["status"] == "completed")
    #expect(simulator.stats["jobs"]?["self-hosted"] == ["completed": 1])
  }

  @Test("the same id again waits for the same job and is counted")
  func sameID() throws {
    let first = try post("same", simulate: ["seconds": 30, "outcome": "succeeded"])
    try arrived(1)
    let second = try post("same", simulate: ["seconds": 1, "outcome": "failed"])
    try arrived(2)
    clock.advance(seconds: 30)
    let answers = try [first, second].map { try $0.read()?.json }
    #expect(answers[0]?["status"] == "completed")
    #expect(answers[1] == answers[0])
    let late = try post("same", simulate: [:]).read()
    #expect(try late?.json == answers[0])
    let stats = simulator.stats
    #expect(
      stats["posts"] == [
        [
          "provider": "self-hosted", "identity": "same", "posts": 3, "jobs": 1, "refused": 0,
          "without_proof": 2,
        ]
      ])
    #expect(stats["submitted_twice"] == ["same"])
  }

  @Test("hundreds of held-back answers are sent when their jobs end, and only then")
  func manyWaiting() throws {
    let pending = try (0..<300).map { number in
      try post("many-\(number)", simulate: ["seconds": .int(10 + number % 2 * 90)])
    }
    try simulator.wait { $0["posts"]?.array?.count == 300 }
    clock.advance(seconds: 10)
    for number in stride(from: 0, to: 300, by: 2) {
      #expect(try pending[number].read()?.json["id"]?.string == "many-\(number)")
    }
    #expect(try generation("many-1")["status"] == "processing")
    clock.advance(seconds: 90)
    for number in stride(from: 1, to: 300, by: 2) {
      #expect(try pending[number].read()?.json["id"]?.string == "many-\(number)")
    }
  }

  @Test("an unknown id is 404 in FastAPI's words")
  func unknown() throws {
    for path in ["/api/generations/none", "/api/nothing", "/api/outputs/none/story.mp4"] {
      let received = try simulator.send("GET", path)
      #expect(received.status == 404)
      #expect(try received.json == ["detail": "Not Found"])
    }
  }

  @Test(
    "a body without a usable id is 422 in FastAPI's words",
    arguments: [
      [:], ["client_generation_id": ""], ["client_generation_id": "a/b"],
      ["client_generation_id": 7], ["client_generation_id": "é"],
      ["client_generation_id": .string(String(repeating: "x", count: 129))],
    ] as [JSON])
  func invalid(body: JSON) throws {
    let received = try simulator.send("POST", "/api/master-mode/generate-story", body: body)
    #expect(received.status == 422)
    #expect(
      try received.json["detail"]?.array?.first?["loc"] == ["body", "client_generation_id"])
    #expect(simulator.stats["jobs"]?["self-hosted"] == [:])
  }

  @Test("stopping closes what is held back and frees the port")
  func stop() throws {
    let pending = try post("x", simulate: ["seconds": 1000])
    try arrived(1)
    let port = simulator.port
    simulator.stop()
    #expect(try pending.read() == nil)
    let next = try Simulator.start(SimulatorOptions(port: port))
    #expect(next.port == port)
    #expect(throws: SimulatorError.portTaken(port)) {
      try Simulator.start(SimulatorOptions(port: port))
    }
  }
}
