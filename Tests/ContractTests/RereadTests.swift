// Stored replies, read again with a mended profile.

import Ledger
import Posix
import Support
import Testing
import Wire

@Suite("provider reread") struct RereadTests {
  /// A job whose newest stored reply says a word that no profile knows: `complete`.
  private func observe(_ story: Story, _ id: String) throws {
    let reply: JSON = [
      "id": .string("x-\(id)"), "status": "complete",
      "output": ["https://replicate.delivery/a.png"],
    ]
    try story.observe(id, .unknown) {
      $0.word = "complete"
      $0.replyClass = .unknownWord
      $0.exchange.reply = reply.bytes
    }
  }

  /// The home's own profile of replicate, where `complete` is a success.
  private func mend(_ home: CommandHome) throws {
    let text = try home.ledger("provider", "show", "replicate").output
    let word = "\"succeeded\": \"succeeded\","
    let mended = text.replacing(word, with: word + " \"complete\": \"succeeded\",")
    #expect(mended != text)
    try FileSystem.makeDirectories(home.path + "/providers")
    try FileSystem.replace(home.path + "/providers/replicate.json", with: Array(mended.utf8))
  }

  private func reread(_ home: CommandHome, _ more: String...) throws -> [JSON] {
    let words = ["--json", "provider", "reread", "replicate", "--since", "1h"] + more
    let result = try Binary.ledger.run(words, environment: home.environment)
    #expect(result.status == 0, "\(result)")
    let lines = try result.lines.map { try JSON(parsing: $0) }
    for line in lines { try Schemas.expect(line, fits: "provider-reread") }
    return lines
  }

  @Test("a word that is known now gives open jobs the verdict, and ended ones a recovery")
  func verdict() throws {
    let story = try Story()
    let home = story.home
    for id in ["open", "ended"] {
      try story.dispatch(id)
      try observe(story, id)
    }
    try story.observe("ended", .failed) { $0.failureClass = .providerFailed }
    try story.succeed("other")
    #expect(try reread(home).last?["changed"] == 0)
    try mend(home)
    let dry = try reread(home, "--dry-run")
    #expect(dry.compactMap { $0["job"] } == ["open", "ended"])
    #expect(dry.last?["changed"] == 2 && dry.last?["position"] == .null)
    #expect(try home.json("status", "open").first?["state"] == "dispatched")
    let done = try reread(home)
    #expect(done.compactMap { $0["state"] } == ["succeeded", "succeeded"])
    #expect(done.compactMap { $0["was"] } == ["unknown", "unknown"])
    #expect(done.last?["done"] == 2 && done.last?["replies"] == 2)
    let open = try #require(try home.json("status", "open").first)
    #expect(open["captured"] == "5" && open["outputs"]?.array?.count == 1)
    #expect(try home.json("status", "ended").first?["captured"] == "0")
    #expect(try home.json("events", "ended").last?["type"] == "job.recovered")
    let event = try #require(try home.json("events", "--type", "provider.reread").last)
    #expect(event["data"]?["changed"] == 2 && event["data"]?["replies"] == 2)
    #expect(event["data"]?["profile"] == done.last?["profile"])
    let verdict = try #require(try home.json("events", "open", "--type", "job.succeeded").first)
    #expect(verdict["cause"] == event["position"] && verdict["actor"] == "cli")
    #expect(try home.ledger("audit").status == 0)
    #expect(try reread(home).last?["jobs"] == 0)
  }

  @Test("a submit's answer that names its job after all gives an uncertain job its handle")
  func uncertain() throws {
    let story = try Story()
    try story.submit("j1")
    try story.run(.job("j1", .startDispatch(DispatchStart(nextAt: story.soon(60)))))
    let reply = Array(#"{"id":"found1","status":"starting"}"#.utf8)
    try story.run(
      .job(
        "j1",
        .doubt(
          Doubt(
            fault: .unreadable, exchange: Exchange(httpStatus: 201, reply: reply),
            advice: "look at the provider's own list"))))
    let done = try reread(story.home)
    #expect(done.first?["state"] == "dispatched" && done.first?["was"] == .null)
    let status = try #require(try story.home.json("status", "j1").first)
    #expect(status["external_id"] == "found1")
    let event = try story.home.json("events", "j1", "--type", "job.dispatched").first
    #expect(event?["data"]?["via"] == "reconcile")
  }

  @Test("only replies since the time asked for are read")
  func since() throws {
    let story = try Story()
    try story.dispatch("j1")
    try observe(story, "j1")
    try mend(story.home)
    let words = ["provider", "reread", "replicate", "--since", "2100-01-01", "--json"]
    let result = try Binary.ledger.run(words, environment: story.home.environment)
    #expect(try JSON(parsing: try #require(result.lines.last))["replies"] == 0)
    #expect(try story.home.ledger("provider", "reread", "replicate").status == 64)
    #expect(try story.home.ledger("provider", "reread", "nobody", "--since", "1h").status == 64)
  }

  @Test("provider show prints the digest, which layout does not change and content does")
  func digest() throws {
    let home = try CommandHome()
    _ = try home.ledger("init")
    func digest() throws -> String? {
      try home.json("provider", "list").first { $0["provider"] == "replicate" }?["digest"]?.string
    }
    let shown = try home.json("provider", "show", "replicate")
    let first = try #require(try digest())
    #expect(shown.count == 1 && first.wholeMatch(of: /[0-9a-f]{16}/) != nil)
    #expect(try home.ledger("provider", "show", "replicate").error.contains(first))
    let file = home.path + "/providers/replicate.json"
    try FileSystem.makeDirectories(home.path + "/providers")
    try FileSystem.replace(file, with: shown[0].bytes)
    #expect(try digest() == first)
    try FileSystem.remove(file)
    try mend(home)
    #expect(try digest() != first)
  }
}
