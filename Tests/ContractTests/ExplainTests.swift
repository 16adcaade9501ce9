// What a person is told of a job the day after, and how the same is printed for programs.

import Ledger
import Support
import Testing
import Wire

@Suite("Explaining") struct ExplainTests {
  @Test("every job's story fits the schema, and a selector tells one story a job")
  func everyState() throws {
    let story = try Story()
    try story.everyState()
    let lines = try story.home.json("explain", "--account", "acme")
    let jobs = try story.home.json("status").compactMap { $0["job"]?.string }
    #expect(lines.compactMap { $0["job"]?.string } == jobs)
    for line in lines {
      try Schemas.expect(line, fits: "explain")
      Schemas.expect(line, begins: "job saw happened money diagnoses waiting_for do")
      let id = try #require(line["job"]?.string)
      #expect(try story.home.json("explain", id).first?["money"] == line["money"])
      #expect(try story.home.json("status", id).first?["waiting_for"] == line["waiting_for"])
    }
  }

  @Test("a story says what was seen, what happened, the money and the next command")
  func screen() throws {
    let story = try Story()
    try story.everyState()
    let parked = try story.home.ledger("explain", "parked").output
    for words in ["saw ", "happened ", "money ", "5 held", "waiting ", "SUBMIT_UNCERTAIN"] {
      #expect(parked.contains(words), "\(parked)")
    }
    // Broken with a backslash, so that it is copied whole.
    let copied = parked.replacing(" \\\n", with: " ").split(separator: " ").joined(separator: " ")
    #expect(copied.contains("ledger track --provider replicate --external-id"), "\(parked)")
    let healthy = try story.home.ledger("explain", "succeeded").output
    #expect(healthy.contains("5 captured") && healthy.contains("nothing"), "\(healthy)")
  }

  @Test("stories are bounded on a screen, and what is left out is counted")
  func bounded() throws {
    let story = try Story()
    for number in 1...12 { try story.submit("many-\(number)", hold: "1") }
    let told = try story.home.ledger("explain", "--account", "acme").output
    #expect(told.contains("2 more jobs are meant"))
    #expect(told.split(separator: "\n").count { $0.hasPrefix("many-") } == 10)
    let three = try story.home.ledger("explain", "--account", "acme", "--limit", "3").output
    #expect(three.contains("9 more jobs are meant"))
    #expect(try story.home.json("explain", "--account", "acme").count == 12)
    let one = try story.home.ledger("explain", "--until", "2020-01-01")
    #expect(one.status == 0 && one.output.contains("no such job"))
  }

  @Test("incidents fit the schema, are those that explain names, and are grouped on the screen")
  func incidents() throws {
    let story = try Story()
    try story.everyState()
    let lines = try story.home.json("incidents")
    #expect(lines.contains { $0["job"] == "parked" && $0["code"] == "SUBMIT_UNCERTAIN" })
    for line in lines {
      try Schemas.expect(line, fits: "incident")
      Schemas.expect(line, begins: "code job account provider certainty evidence at")
      let job = try #require(line["job"]?.string)
      let told = try story.home.json("explain", job).first?["diagnoses"]?.array ?? []
      #expect(told.contains { $0["code"] == line["code"] && $0["evidence"] == line["evidence"] })
      let codes = try story.home.json("status", job).first?["diagnoses"]?.array ?? []
      #expect(codes.contains(line["code"] ?? .null))
    }
    let one = try story.home.json("incidents", "--kind", "submit_uncertain", "--limit", "1")
    #expect(one.count == 1 && one.first?["code"] == "SUBMIT_UNCERTAIN")
    #expect(try story.home.json("incidents", "--state", "canceled") == [])
    let screen = try story.home.ledger("incidents")
    #expect(screen.status == 0 && screen.output.contains("ledger explain"), "\(screen.output)")
    #expect(screen.lines.contains { $0.hasPrefix("SUBMIT_UNCERTAIN  ") })
  }

  @Test("a code that nobody knows is refused with the nearest one; a known one is taken as written")
  func kinds() throws {
    let home = try CommandHome()
    _ = try home.ledger("init")
    let wrong = try home.ledger("incidents", "--kind", "never-poled")
    #expect(wrong.status == 64 && wrong.error.contains("--kind NEVER_POLLED"), "\(wrong)")
    for code in DiagnosisRule.all.map(\.code) {
      let asked = code.lowercased().replacing("_", with: "-")
      #expect(try home.ledger("incidents", "--kind", asked).status == 0, "\(code)")
    }
    #expect(Set(DiagnosisRule.all.map(\.code)).count == 24)
  }
}
