// The commands on profiles need no home, and a home's own profiles win.

import Posix
import Support
import Testing
import Wire

@Suite("Provider commands") struct ProviderTests {
  @Test("list and show know the built-in profiles")
  func list() throws {
    let home = try CommandHome()
    let lines = try home.json("provider", "list")
    for line in lines { try Schemas.expect(line, fits: "provider") }
    #expect(lines.contains { $0["provider"] == "replicate" && $0["origin"] == "built-in" })
    let shown = try home.json("provider", "show", "replicate").first
    #expect(shown?["name"] == "replicate")
    let result = try home.ledger("provider", "list")
    for line in result.lines { #expect(line.count <= 80, "\(line)") }
    #expect(try home.ledger("provider", "show", "none").status == 64)
  }

  @Test("a home's own profile wins over the built-in one, and a broken one is named")
  func override() throws {
    let home = try CommandHome()
    _ = try home.ledger("init")
    let text = try home.ledger("provider", "show", "replicate").output
    try FileSystem.makeDirectories(home.path + "/providers")
    let file = home.path + "/providers/replicate.json"
    try FileSystem.replace(file, with: Array(text.utf8))
    let line = try home.json("provider", "list").first { $0["provider"] == "replicate" }
    #expect(line?["origin"] == "override")
    try FileSystem.replace(file, with: Array("{".utf8))
    let result = try home.ledger(
      "submit", "--provider", "replicate", "--account", "a", "--hold", "0", "--input", "{}")
    #expect(result.status == 78 && result.error.contains("provider lint"), "\(result)")
  }

  @Test("lint says where a profile is wrong, and 1")
  func lint() throws {
    let home = try CommandHome()
    let good = try home.ledger("provider", "show", "replicate").output
    for (text, status) in [(good, 0), (#"{"profile":1}"#, 1), ("{", 1)] as [(String, Int32)] {
      let file = try home.file("p.json", text)
      let result = try home.ledger("--json", "provider", "lint", file)
      #expect(result.status == status)
      let line = try JSON(parsing: try #require(result.lines.first))
      try Schemas.expect(line, fits: "provider-lint")
      #expect(line["ok"] == .bool(status == 0))
    }
  }

  @Test("try prints the reading of a captured reply")
  func trying() throws {
    let home = try CommandHome()
    let reply = try home.file(
      "reply.json",
      #"""
      {"status":200,"headers":{},"body":{"id":"x1","status":"succeeded",
       "output":["https://replicate.delivery/a.png"],"urls":{}}}
      """#)
    let words = ["provider", "try", "replicate", "--phase", "status", "--reply", reply]
    let result = try Binary.ledger.run(["--json"] + words, environment: home.environment)
    let line = try JSON(parsing: try #require(result.lines.first))
    try Schemas.expect(line, fits: "provider-try")
    Schemas.expect(
      line,
      begins: """
        phase external_id state word class progress queue_position outputs error retry_after_s \
        transient follow_up
        """)
    #expect(line["state"] == "succeeded" && line["external_id"] == "x1")
    let human = try Binary.ledger.run(words, environment: home.environment)
    #expect(human.output.contains("https://replicate.delivery/a.png"))
    let wrong = try home.file("wrong.json", #"{"status":"ok"}"#)
    #expect(
      try home.ledger("provider", "try", "replicate", "--phase", "status", "--reply", wrong).status
        == 64)
  }

  @Test("try reads a captured stream message by message, and a list job by job")
  func streamsAndLists() throws {
    let home = try CommandHome()
    func lines(
      _ phase: String, _ reply: String, of provider: String = "replicate"
    ) throws -> [JSON] {
      let file = try home.file("reply.json", reply)
      let lines = try home.json(
        "provider", "try", provider, "--phase", phase, "--reply", file)
      for line in lines { try Schemas.expect(line, fits: "provider-try") }
      return lines
    }
    let stream = try lines(
      "stream",
      #"""
      {"status":200,"headers":{"content-type":"text/event-stream"},
       "body":"event: logs\ndata:  38%|###8\n\nevent: done\ndata: {}\n\n"}
      """#)
    #expect(stream.map { $0["is"] } == ["news", "end"])
    #expect(stream[0]["progress"]?.double == 0.38 && stream[0]["log"] == " 38%|###8")
    let queue = try lines(
      "stream",
      #"""
      {"status":200,"headers":{"content-type":"text/event-stream"},
       "body":": ping\n\ndata: {\"status\":\"IN_PROGRESS\",\#
      \"logs\":[{\"message\":\"a\"}]}\n\ndata: \#
      {\"status\":\"COMPLETED\",\"response_url\":\"https://queue.fal.run/a/b/requests/x\"}\n\n"}
      """#, of: "fal")
    #expect(queue.map { $0["is"] } == ["status", "status"] && queue[0]["log"] == "a")
    #expect(queue[1]["state"] == "pending" && queue[1]["follow_up"]?["result"]?.string != nil)
    let files = try lines(
      "stream",
      #"""
      {"status":200,"headers":{"content-type":"text/event-stream"},"body":"data: \#
      {\"type\":\"render_progress\",\"object\":{\"progress\":0.7}}\n\ndata: \#
      {\"type\":\"render_result\",\"object\":{\"file_url\":\"https://a.example.com/o.mp4\"}}\n\n"}
      """#, of: "superduperai")
    #expect(files.map { $0["is"] } == ["news", "look"] && files[0]["progress"]?.double == 0.7)
    let refused = try lines("stream", #"{"status":403,"headers":{},"body":{"detail":"no"}}"#)
    #expect(refused.map { $0["class"] } == ["permanent"])
    let list = try lines(
      "list",
      #"""
      {"status":200,"body":{"next":null,"results":[
       {"id":"a","status":"processing"},{"id":"b","status":"canceled"}]}}
      """#)
    #expect(list.map { $0["external_id"] } == ["a", "b"])
    #expect(list.map { $0["state"] } == ["pending", "canceled"])
  }
}
