// The commands that correct money and verdicts, and those that look back.

import Ledger
import Support
import Testing
import Wire

@Suite("Corrections and looking back") struct CorrectionTests {
  @Test("refund answers by its schema, partly and whole, and with a key once")
  func refund() throws {
    let story = try Story()
    try story.succeed("j1")
    let part = try #require(
      try story.home.json("refund", "j1", "1.5", "--reason", "half", "--key", "k").first)
    try Schemas.expect(part, fits: "refund-receipt")
    #expect(part["refunded"] == "1.5" && part["account"] == "acme" && part["repeated"] == false)
    let again = try story.home.json("refund", "j1", "1.5", "--reason", "half", "--key", "k").first
    #expect(again?["repeated"] == true && again?["position"] == part["position"])
    let rest = try #require(try story.home.json("refund", "j1", "--reason", "all of it").first)
    #expect(rest["refunded"] == "3.5")
    let status = try story.home.json("status", "j1").first
    #expect(status?["refunded"] == "5" && status?["captured"] == "5")
    #expect(try story.home.json("balance", "acme").first?["available"] == "100")
    let more = try story.home.ledger("refund", "j1", "1", "--reason", "more")
    let captured = try #require(
      try story.home.json("events", "--type", "credit.captured").first?["position"]?.int)
    #expect(more.status == 2 && more.error.contains("at position \(captured)"), "\(more)")
  }

  @Test("adjust takes a signed operand, answers by its schema, and never passes the limit")
  func adjust() throws {
    let story = try Story()
    let taken = try #require(
      try story.home.json("adjust", "acme", "-5", "--reason", "twice", "--key", "k").first)
    try Schemas.expect(taken, fits: "adjust-receipt")
    #expect(taken["amount"] == "-5" && taken["available"] == "95")
    let given = try story.home.json("adjust", "acme", "2.5", "--reason", "goodwill").first
    #expect(given?["available"] == "97.5")
    let again = try story.home.json("adjust", "acme", "-5", "--reason", "twice", "--key", "k").first
    #expect(again?["repeated"] == true && again?["available"] == "95", "as it was then")
    #expect(try story.home.ledger("adjust", "acme", "-98", "--reason", "r").status == 3)
    #expect(try story.home.ledger("adjust", "nobody", "1", "--reason", "r").status == 66)
    #expect(try story.home.ledger("adjust", "acme", "0", "--reason", "r").status == 64)
    #expect(try story.home.ledger("adjust", "acme", "1").status == 64, "why is not optional")
  }

  @Test("resolve answers by its schema; of an ended job it is a conflict that says what to do")
  func resolve() throws {
    let story = try Story()
    try story.everyState()
    for (id, word) in [("parked", "failed"), ("uncertain", "succeeded")] {
      let line = try #require(
        try story.home.json("resolve", id, "--as", word, "--reason", "asked them").first)
      try Schemas.expect(line, fits: "job-receipt")
      #expect(line["state"] == .string(word))
    }
    let failed = try story.home.json("status", "parked").first?["error"]
    #expect(failed?["class"] == "resolved" && failed?["message"] == "asked them")
    let ended = try story.home.ledger(
      "resolve", "succeeded", "--as", "failed", "--reason", "customer is angry")
    #expect(ended.status == 2 && ended.error.contains("ledger refund succeeded"), "\(ended)")
    #expect(
      try story.home.ledger("resolve", "running", "--as", "done", "--reason", "r").status == 64)
    #expect(try story.home.ledger("resolve", "running", "--as", "failed").status == 64)
  }

  @Test("capture_on = stored without a store is a matter of configuration: exit 78")
  func stored() throws {
    let story = try Story()
    let refused = try story.home.ledger("config", "set", "capture_on", "stored")
    #expect(refused.status == 78 && refused.error.contains("config set store"), "\(refused)")
  }

  @Test("a job being stored, and its stored outputs, fit the schema of status")
  func storing() throws {
    let story = try Story()
    try story.run(.setPolicy(name: "store", value: "s3://bucket"))
    try story.run(.setPolicy(name: "capture_on", value: "stored"))
    try story.succeed("j1")
    let line = try #require(try story.home.json("status", "j1").first)
    try Schemas.expect(line, fits: "status")
    #expect(line["state"] == "storing" && line["held"] == "5" && line["captured"] == "0")
    #expect(line["outputs"]?.array?.first?["url"] == "https://replicate.delivery/a.mp4")
    let digest = [UInt8](repeating: 0xAB, count: 32)
    try story.run(
      .job(
        "j1",
        .stored(
          StoredOutput(output: 0, store: "s3", key: "out/j1", bytes: 7, sha256: digest))))
    let done = try #require(try story.home.json("status", "j1").first)
    try Schemas.expect(done, fits: "status")
    #expect(done["state"] == "succeeded" && done["captured"] == "5")
    let stored = done["outputs"]?.array?.first?["stored"]
    #expect(stored?["key"] == "out/j1" && stored?["bytes"] == 7)
    #expect(try story.home.ledger("status", "j1").status == 0)
  }

  @Test("balance, accounts and status tell what was, by position and by time")
  func asOf() throws {
    let story = try Story()
    try story.succeed("j1")
    let events = try story.home.json("events")
    let held = try #require(
      events.first { $0["type"] == "credit.held" }?["position"]?.int)
    let words = ["--as-of", "\(held)"]
    let balance = try #require(try story.home.json("balance", "acme", words[0], words[1]).first)
    try Schemas.expect(balance, fits: "balance")
    #expect(balance["held"] == "5" && balance["captured"] == "0" && balance["as_of"] == .int(held))
    #expect(try story.home.json("balance", words[0], words[1]).first == balance)
    let account = try #require(try story.home.json("accounts", words[0], words[1]).first)
    try Schemas.expect(account, fits: "account")
    let status = try #require(try story.home.json("status", "j1", words[0], words[1]).first)
    try Schemas.expect(status, fits: "status")
    #expect(status["state"] == "submitted" && status["position"] == .int(held))
    #expect(try story.home.json("status", words[0], words[1]) == [status])
    let time = try #require(
      events.first { $0["type"] == "job.dispatched" }?["at"]?.string)
    let then = try story.home.json("status", "--state", "dispatched", "--as-of", time)
    #expect(then.first?["job"] == "j1")
    #expect(try story.home.json("status", "--state", "dispatched") == [])
    #expect(try story.home.ledger("balance", "acme", "--as-of", "1").status == 66)
    #expect(try story.home.ledger("status", "j1", "--as-of", "2026-01-01").status == 66)
    #expect(try story.home.ledger("status", "--summary", "--as-of", "1").status == 64)
    let beyond = try story.home.json("balance", "acme", "--as-of", "999999999").first
    #expect(beyond == (try story.home.json("balance", "acme").first))
  }

  @Test("a statement leads from the opening balance to the closing one")
  func statement() throws {
    let story = try Story()
    try story.succeed("j1")
    try story.fail("j2")
    _ = try story.home.ledger("refund", "j1", "2", "--reason", "sorry")
    let lines = try story.home.json("statement", "acme")
    for line in lines { try Schemas.expect(line, fits: "statement-line") }
    #expect(lines.first?["entry"] == "opening" && lines.first?["available"] == "0")
    #expect(lines.last?["entry"] == "closing" && lines.last?["available"] == "97")
    var sum = Credits.zero
    for line in lines.dropFirst().dropLast() {
      sum += try #require(line["available_change"]?.string.flatMap { Credits($0) })
      #expect(line["available"] == .string(sum.description))
    }
    #expect(sum == Credits("97"))
    #expect(try story.home.json("statement", "acme", "--since", "2099-01-01").count == 2)
    let past = try story.home.json("statement", "acme", "--until", "2020-01-01")
    for line in past { try Schemas.expect(line, fits: "statement-line") }
    #expect(past.map { $0["available"] } == ["0", "0"])
    #expect(try story.home.ledger("statement", "nobody").status == 66)
  }

  @Test("find names the place, the field and the text, newest first and each once")
  func find() throws {
    let story = try Story()
    try story.everyState()
    try story.fail("again")
    let lines = try story.home.json("find", "nsfw")
    for line in lines { try Schemas.expect(line, fits: "finding") }
    #expect(lines.map { $0["job"] } == ["again", "failed"])
    #expect(lines.first?["field"] == "message")
    #expect(try story.home.json("find", "X-RUNNING").first?["field"] == "external_id")
    #expect(try story.home.json("find", "owner/na", "--limit", "3").count == 3)
    #expect(try story.home.json("find", "no such text") == [])
    #expect(try story.home.ledger("find", "").status == 64)
    #expect(try story.home.ledger("find", "no such text").output.contains("0 found · head"))
  }

  @Test("track by a status URL alone: the same URL without an id is the same job")
  func trackURL() throws {
    let home = try CommandHome()
    let words = [
      "--json", "track", "--provider", "replicate", "--account", "acme", "--hold", "0",
      "--status-url", "https://api.replicate.com/v1/predictions/x1", "--charged", "2",
    ]
    let lines = try (0..<2).map { _ in
      let result = try Binary.ledger.run(words, environment: home.environment)
      return try JSON(parsing: #require(result.lines.first, "\(result)"))
    }
    #expect(lines.map { $0["repeated"] } == [false, true])
    #expect(lines[0]["job"] == lines[1]["job"])
    let id = try #require(lines[0]["job"]?.string)
    let status = try #require(try home.json("status", id).first)
    try Schemas.expect(status, fits: "status")
    #expect(status["state"] == "dispatched" && status["external_id"] == .null)
  }
}
