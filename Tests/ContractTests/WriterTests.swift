// The commands that write: what they answer, and that saying something twice is saying it once.

import Support
import Testing
import Wire

@Suite("Writing commands") struct WriterTests {
  private func submit(_ home: CommandHome, _ more: String...) throws -> JSON? {
    let words =
      ["--json", "submit", "--provider", "replicate", "--account", "acme", "--hold", "5"] + more
    let input = more.contains("--input") ? [] : ["--input", #"{"prompt":"a cat"}"#]
    let result = try Binary.ledger.run(words + input, environment: home.environment)
    return try (result.lines + result.errorLines).first.map { try JSON(parsing: $0) }
  }

  @Test("init, grant, submit, check, cancel and unpark answer by their schemas")
  func receipts() throws {
    let home = try CommandHome()
    try Schemas.expect(try #require(try home.json("init").first), fits: "init-receipt")
    try Schemas.expect(
      try #require(try home.json("grant", "acme", "10", "--expires", "90d").first),
      fits: "grant-receipt")
    let receipt = try #require(try submit(home, "--id", "j1"))
    try Schemas.expect(receipt, fits: "receipt")
    Schemas.expect(receipt, begins: "job position state account held repeated")
    #expect(receipt["held"] == "5" && receipt["state"] == "submitted")
    for command in ["check", "cancel"] {
      try Schemas.expect(
        try #require(try home.json(command, "j1").first), fits: "job-receipt")
    }
    #expect(try home.json("status", "j1").first?["state"] == "canceled")
    let story = try Story()
    try story.everyState()
    let unparked = try #require(try story.home.json("unpark", "parked").first)
    try Schemas.expect(unparked, fits: "job-receipt")
    #expect(unparked["state"] == "uncertain")
  }

  @Test("the first grant, submit, track or pause makes the home")
  func madeAtNeed() throws {
    let home = try CommandHome()
    #expect(try home.ledger("grant", "acme", "10").status == 0)
    #expect(try home.json("events").first?["type"] == "ledger.opened")
    let watched = try CommandHome()
    let words = ["track", "--provider", "replicate", "--external-id", "x1", "--account", "acme"]
    let result = try Binary.ledger.run(
      ["--json"] + words + ["--hold", "0", "--charged", "3", "--id", "t1"],
      environment: watched.environment)
    let receipt = try #require(try result.lines.first.map { try JSON(parsing: $0) })
    try Schemas.expect(receipt, fits: "receipt")
    #expect(receipt["state"] == "dispatched" && receipt["held"] == "0")
    let submitted = try watched.json("events", "--type", "job.submitted").first
    #expect(submitted?["data"]?["charged"] == "3" && submitted?["data"]?["tracked"] == true)
  }

  @Test("the same id and the same key give the first answer again")
  func idempotency() throws {
    let home = try CommandHome()
    _ = try home.ledger("grant", "acme", "10")
    for option in ["--id", "--key"] {
      let first = try #require(try submit(home, option, "once", "--hold-expires", "7d"))
      let again = try #require(try submit(home, option, "once", "--hold-expires", "7d"))
      #expect(first["repeated"] == false && again["repeated"] == true)
      #expect(first["job"] == again["job"] && first["position"] == again["position"])
    }
    let grants = try (0..<2).map { _ in
      try home.json("grant", "acme", "1", "--expires", "30d", "--key", "g").first?["repeated"]
    }
    #expect(grants == [false, true])
    #expect(try home.json("balance", "acme").first?["granted"] == "11")
  }

  @Test("ids that are made up differ and have a shape of their own")
  func ids() throws {
    let home = try CommandHome()
    _ = try home.ledger("grant", "acme", "10")
    let ids = try (0..<2).compactMap { _ in try submit(home)?["job"]?.string }
    #expect(Set(ids).count == 2)
    for id in ids { #expect(id.wholeMatch(of: /job-[a-z2-7]{16}/) != nil) }
  }

  @Test("a handle found later is attached to the uncertain job, and only by its own account")
  func attach() throws {
    let story = try Story()
    try story.everyState()
    let words = ["track", "--provider", "replicate", "--external-id", "found", "--id", "uncertain"]
    let other = try Binary.ledger.run(
      words + ["--account", "other"], environment: story.home.environment)
    #expect(other.status == 2)
    let own = try Binary.ledger.run(
      words + ["--account", "acme"], environment: story.home.environment)
    #expect(own.status == 0, "\(own)")
    let line = try story.home.json("status", "uncertain").first
    #expect(line?["state"] == "dispatched" && line?["external_id"] == "found")
    #expect(line?["held"] == "5")
  }

  @Test("--by and the login name are kept as who acted")
  func actor() throws {
    let home = try CommandHome()
    _ = try home.ledger("grant", "acme", "10")
    _ = try home.ledger("--by", "eve", "grant", "acme", "10")
    let names = try home.json("events", "--type", "credit.granted").map { $0["by"] }
    #expect(names == ["tester", "eve"])
  }

  @Test("input from a file and from standard input is the input")
  func inputs() throws {
    let home = try CommandHome()
    _ = try home.ledger("grant", "acme", "10")
    let file = try home.file("in.json", #"{"prompt":"from a file"}"#)
    let words = ["submit", "--provider", "replicate", "--account", "acme", "--hold", "1"]
    let environment = home.environment
    #expect(
      try Binary.ledger.run(words + ["--input-file", file], environment: environment).status == 0)
    let piped = try Binary.ledger.run(
      words + ["--input-file", "-"], environment: environment, input: #"{"prompt":"piped"}"#)
    #expect(piped.status == 0, "\(piped)")
    let inputs = try home.json("events", "--type", "job.submitted").map { $0["data"]?["input"] }
    #expect(inputs == [["prompt": "from a file"], ["prompt": "piped"]])
  }
}
