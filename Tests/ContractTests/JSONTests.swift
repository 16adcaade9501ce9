// Every line that --json prints: its schema, and the members INTERFACES names, in their order.

import Ledger
import Support
import Testing
import Wire

@Suite("JSON on the command line") struct JSONTests {
  static let statusMembers = """
    job state provider model account external_id progress stage steps held captured released \
    refunded outputs error meta polls submitted_at updated_at next_poll_at waiting_for position \
    diagnoses
    """
  static let eventMembers = """
    position type version at subject previous job account step actor by cause data hash
    """

  @Test("a job in every state fits the schema of status, alone and on the board")
  func everyState() throws {
    let story = try Story()
    try story.everyState()
    let board = try story.home.json("status")
    #expect(
      Set(board.compactMap { $0["state"]?.string }) == [
        "submitted", "dispatching", "dispatched", "running", "overdue", "uncertain", "parked",
        "succeeded", "failed", "canceled", "expired",
      ])
    for line in board {
      try Schemas.expect(line, fits: "status")
      Schemas.expect(line, begins: JSONTests.statusMembers)
      let id = line["job"]?.string ?? ""
      #expect(try story.home.json("status", id) == [line])
      let isOver = ["succeeded", "failed", "canceled", "expired"].contains(id)
      #expect((line["waiting_for"]?.string == nil) == isOver, "\(line)")
      #expect((line["error"]?.isNull == false) == (isOver && id != "succeeded"), "\(line)")
    }
  }

  @Test("a succeeded job shows its output, its money and its labels")
  func succeeded() throws {
    let story = try Story()
    try story.succeed("j1")
    let line = try #require(try story.home.json("status", "j1").first)
    #expect(line["outputs"]?.array?.first?["url"] == "https://replicate.delivery/a.mp4")
    #expect(line["outputs"]?.array?.first?["stored"] == .null)
    #expect(line["external_id"] == "x-j1")
    #expect(line["captured"] == "5" && line["held"] == "0" && line["released"] == "0")
    #expect(line["meta"] == ["user": "42"])
    #expect(line["progress"] == 1 && line["polls"] == 2 && line["stage"] == "rendering")
  }

  @Test("progress is an exact decimal and a failure has the provider's words")
  func progressAndError() throws {
    let story = try Story()
    try story.dispatch("j1")
    try story.observe("j1", .pending) { $0.fraction = 380_000 }
    #expect(try story.home.json("status", "j1").first?["progress"] == .number("0.38"))
    try story.fail("j2")
    let error = try story.home.json("status", "j2").first?["error"]
    #expect(error == ["class": "provider_failed", "message": "NSFW content detected"])
  }

  @Test("every event fits its schema, and so does every line of an export")
  func events() throws {
    let story = try Story()
    try story.everyState()
    let events = try story.home.json("events")
    #expect(events.compactMap { $0["position"]?.int } == Array(1...events.count))
    for line in events {
      try Schemas.expect(line, fits: "event")
      Schemas.expect(line, begins: JSONTests.eventMembers)
    }
    let export = try story.home.ledger("export").lines.map { try JSON(parsing: $0) }
    for line in export { try Schemas.expect(line, fits: "export-line") }
    #expect(export.first?["export"] == "ledger" && export.first?["head"] == .int(events.count))
    let hashes = export.compactMap { $0["hash"] }
    #expect(hashes == events.compactMap { $0["hash"] })
    #expect(
      export.contains { $0["text"] == #"{"id":"x"}"# && $0["blob"] != nil },
      "kept replies stand in the export")
  }

  @Test("credit events have amount and lines; polls their four members even without an answer")
  func eventData() throws {
    let story = try Story()
    try story.succeed("j1")
    try story.dispatch("j2")
    try story.observe("j2", .unknown) {
      $0.exchange = Exchange(fault: .timeout)
      $0.word = nil
      $0.replyClass = .transient
    }
    let held = try #require(try story.home.json("events", "--type", "credit.held").first)
    #expect(held["data"]?["amount"] == "5" && held["data"]?["lines"] == [[3, "5"]])
    #expect(held["job"] == "j1" && held["account"] == "acme" && held["subject"] == "job:j1")
    let polled = try #require(
      try story.home.json("events", "j2", "--type", "job.polled").first?["data"])
    for name in ["http_status", "latency_ms", "word"] { #expect(polled[name] == .null) }
    #expect(polled["class"] == "transient" && polled["fault"] == "timeout")
    let verdict = try #require(try story.home.json("events", "--type", "job.succeeded").first)
    let output: JSON = ["url": "https://replicate.delivery/a.mp4", "media_type": "video/mp4"]
    #expect(verdict["data"]?["outputs"] == [output])
  }

  @Test("the summary counts every state and names what is paused")
  func summary() throws {
    let story = try Story()
    try story.everyState()
    try Schemas.expect(
      try #require(
        try story.home.json("pause", "--provider", "replicate", "--reason", "red").first),
      fits: "pause-receipt")
    let line = try #require(try story.home.json("status", "--summary").first)
    try Schemas.expect(line, fits: "status-summary")
    Schemas.expect(line, begins: "head jobs held captured released paused")
    #expect(line["jobs"]?["running"] == 1 && line["jobs"]?["storing"] == 0)
    #expect(line["paused"]?.array?.first?["provider"] == "replicate")
    let waiting = try story.home.json("status", "submitted").first?["waiting_for"]?.string
    #expect(waiting?.hasPrefix("submission paused since position") == true)
    try Schemas.expect(
      try #require(try story.home.json("unpause", "--provider", "replicate").first),
      fits: "pause-receipt")
  }

  @Test("balances add up and accounts show what they are made of")
  func accounts() throws {
    let story = try Story()
    try story.everyState()
    let balance = try #require(try story.home.json("balance", "acme").first)
    try Schemas.expect(balance, fits: "balance")
    Schemas.expect(
      balance,
      begins: "account unit available held captured granted refunded expired adjusted as_of")
    // 7 open jobs of 5 hold, one captured 5, three gave back.
    #expect(balance["granted"] == "100" && balance["held"] == "35")
    #expect(balance["captured"] == "5" && balance["available"] == "60")
    try Schemas.expect(
      try #require(try story.home.json("account", "set", "acme", "--limit", "2.5").first),
      fits: "limit-receipt")
    for line in try story.home.json("accounts") + story.home.json("account", "show", "acme") {
      try Schemas.expect(line, fits: "account")
      #expect(line["limit"] == "2.5")
    }
    #expect(try story.home.json("balance").first?["account"] == "acme")
  }

  @Test("the timeline's rows fit their schema and fold polls that say the same")
  func timeline() throws {
    let story = try Story()
    try story.dispatch("j1")
    for share in 1...5 {
      try story.observe("j1", .pending) { $0.fraction = UInt64(share) * 100_000 }
    }
    let rows = try story.home.json("timeline", "j1")
    for row in rows { try Schemas.expect(row, fits: "timeline-row") }
    let polls = rows.filter { $0["type"] == "job.polled" }
    #expect(polls.count == 1 && polls.first?["count"] == 5)
    #expect(polls.first?["progress"] == ["10 %", "50 %"])
  }
}
