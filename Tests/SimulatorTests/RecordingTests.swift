// Recorded traffic is played back in recorded order, pointing here.
import Foundation
import Testing
import Wire

@testable import Simulator

@Suite("A recording")
struct RecordingTests {
  /// Two submits, the second one throttled first; statuses of the first; one cancel.
  private static let fixture = """
    {"about": "made up for this test", "exchanges": [
      {"request": {"method": "POST", "url": "https://api.example.com/v1/predictions",
                   "body": {"version": "v1", "input": {"n": 1}}},
       "response": {"status": 201, "headers": {"RateLimit-Remaining": "17", "date": "long ago",
                                               "content-length": "3"},
                    "body": {"id": "aaa", "status": "starting", "seed": 17454220438242315174,
                      "urls": {"get": "https://api.example.com/v1/predictions/aaa",
                               "stream": "https://stream.example.com/aaa"}}}},
      {"request": {"method": "POST", "url": "https://api.example.com/v1/predictions",
                   "body": {"version": "v2", "input": {"n": 2}}},
       "response": {"status": 201, "headers": {}, "body": {"id": "bbb", "status": "starting"}}},
      {"request": {"method": "GET", "url": "https://api.example.com/v1/predictions/aaa"},
       "response": {"status": 200, "headers": {}, "body": {"id": "aaa", "status": "processing"}}},
      {"request": {"method": "GET", "url": "https://api.example.com/v1/predictions/aaa"},
       "response": {"status": 502, "headers": {"content-type": "text/html"},
                    "body": "<html>Bad gateway"}},
      {"request": {"method": "GET", "url": "https://api.example.com/v1/predictions/aaa"},
       "response": {"status": 200, "headers": {}, "body": {"id": "aaa", "status": "succeeded"}}},
      {"request": {"method": "POST", "url": "https://api.example.com/v1/predictions/bbb/cancel"},
       "response": {"status": 200, "headers": {}, "body": {"id": "bbb", "status": "canceled"}}}
    ]}
    """

  private func start(_ texts: [String]) throws -> Simulator {
    let recordings = try texts.enumerated().map {
      try Recording(name: "\($0.offset).json", parsing: Array($0.element.utf8))
    }
    return try Simulator.start(SimulatorOptions(recordings: recordings))
  }

  private func post(_ simulator: Simulator, _ version: String, _ number: Int) throws -> Received {
    try simulator.send(
      "POST", "/v1/predictions",
      body: ["version": .string(version), "input": ["n": .int(number)]])
  }

  @Test("statuses, headers and bodies come in recorded order, the last one for ever")
  func order() throws {
    let simulator = try start([Self.fixture])
    let submit = try post(simulator, "v1", 1)
    #expect(submit.status == 201)
    #expect(submit.headers["ratelimit-remaining"] == "17")
    #expect(submit.headers["date"] != "long ago")
    #expect(
      try submit.json == [
        "id": "aaa", "status": "starting", "seed": .number("17454220438242315174"),
        "urls": [
          "get": .string("\(simulator.address)/v1/predictions/aaa"),
          "stream": "https://stream.example.com/aaa",
        ],
      ])
    #expect(try simulator.prediction("aaa")["status"] == "processing")
    let broken = try simulator.send("GET", "/v1/predictions/aaa")
    #expect(broken.status == 502)
    #expect(broken.headers["content-type"] == "text/html")
    #expect(broken.text == "<html>Bad gateway")
    for _ in 0..<3 { #expect(try simulator.prediction("aaa")["status"] == "succeeded") }
  }

  @Test("a submit takes the recording it matches, else the next one that was not used")
  func matching() throws {
    let simulator = try start([Self.fixture])
    #expect(try post(simulator, "v2", 2).json["id"] == "bbb")
    #expect(try simulator.send("POST", "/v1/predictions/bbb/cancel").json["status"] == "canceled")
    #expect(try simulator.send("GET", "/v1/predictions/aaa").status == 404, "not submitted yet")
    #expect(try post(simulator, "other", 3).json["id"] == "aaa")
    let simulated = try post(simulator, "v1", 1)
    #expect(try simulated.json["id"]?.string?.utf8.count == 26, "no recording is left")
    let posts = simulator.stats["posts"]?.array?.map { $0["jobs"]?.int }
    #expect(posts == [1, 1, 1])
  }

  @Test("a submit of another shape leaves a recording alone")
  func otherShape() throws {
    let simulator = try start([Self.fixture])
    let other = try simulator.send("POST", "/v1/models/a/b/predictions", body: ["input": [:]])
    #expect(try other.json["model"] == "a/b")
    #expect(try post(simulator, "v1", 1).json["id"] == "aaa")
  }

  @Test("a recording without a submit is there from the start")
  func withoutSubmit() throws {
    let simulator = try start([
      """
      {"exchanges": [{"request": {"method": "GET", "url": "http://x/v1/predictions/zzz?a=b"},
        "response": {"status": 200, "body": {"id": "zzz", "status": "succeeded"}}}]}
      """
    ])
    #expect(try simulator.prediction("zzz")["status"] == "succeeded")
  }

  @Test("faults strike recorded replies too")
  func faults() throws {
    let recording = try Recording(name: "f", parsing: Array(Self.fixture.utf8))
    let simulator = try Simulator.start(
      SimulatorOptions(faults: Fault.parse("status/503:1"), recordings: [recording]))
    #expect(try post(simulator, "v1", 1).json["id"] == "aaa")
    #expect(try simulator.send("GET", "/v1/predictions/aaa").status == 503)
  }

  @Test(
    "a file that cannot be played is refused by name",
    arguments: [
      ("{", "byte"), ("{}", "no exchanges"), (#"{"exchanges":[]}"#, "no exchanges"),
      (#"{"exchanges":[{}]}"#, "/exchanges/0"),
      (
        #"{"exchanges":[{"request":{"method":"GET","url":"/x"},"response":{"status":200}}]}"#,
        "/exchanges/0"
      ),
      (
        #"{"exchanges":[{"request":{"method":"GET","url":"http://x"},"response":{"status":700}}]}"#,
        "/exchanges/0"
      ),
    ])
  func broken(text: String, reason: String) throws {
    let error = try #require(throws: SimulatorError.self) {
      try Recording(name: "broken.json", parsing: Array(text.utf8))
    }
    guard case .badRecording(let name, let why) = error else {
      Issue.record("another error: \(error)")
      return
    }
    #expect(name == "broken.json")
    #expect(why.contains(reason))
  }

  private static let recorded: [URL] = {
    guard let folder = ProcessInfo.processInfo.environment["LEDGER_RECORDINGS"] else { return [] }
    let files = try? FileManager.default.contentsOfDirectory(
      at: URL(filePath: folder).appending(path: "replicate"), includingPropertiesForKeys: nil)
    return (files ?? []).filter { $0.lastPathComponent.hasSuffix("-poll-to-succeeded.json") }
  }()

  @Test("recorded lives of predictions are played word for word", arguments: recorded)
  func recordings(file: URL) throws {
    let bytes = Array(try Data(contentsOf: file))
    let recording = try Recording(name: file.lastPathComponent, parsing: bytes)
    let simulator = try Simulator.start(SimulatorOptions(recordings: [recording]))
    let exchanges = try #require(try JSON(parsing: bytes)["exchanges"]?.array)
    #expect(exchanges.count > 10)
    for exchange in exchanges {
      let method = try #require(exchange["request"]?["method"]?.string)
      let url = try #require(exchange["request"]?["url"]?.string)
      let path = url.replacing("https://api.replicate.com", with: "")
      let request = exchange["request"]?["body"]
      let received = try simulator.send(method, path, body: request?.isNull == true ? nil : request)
      #expect(received.status == exchange["response"]?["status"]?.int)
      let expected = try #require(exchange["response"]?["body"]).text
        .replacing("https://api.replicate.com", with: simulator.address)
      #expect(try received.json == JSON(parsing: expected))
    }
  }
}
