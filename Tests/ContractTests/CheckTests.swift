// The commands that check: verify and replay.

import Ledger
import Support
import Testing
import Wire

@Suite("Checking commands") struct CheckTests {
  @Test("verify of sound books is ok, line by line")
  func verify() throws {
    let story = try Story()
    try story.everyState()
    let result = try story.home.ledger("--json", "verify")
    #expect(result.status == 0, "\(result)")
    for line in result.lines { try Schemas.expect(try JSON(parsing: line), fits: "verify") }
    let last = try JSON(parsing: try #require(result.lines.last))
    #expect(last["verify"] == "ok" && last["events"] == last["head"])
  }

  @Test("replay rebuilds equal views and swaps them; --check swaps nothing")
  func replay() throws {
    let story = try Story()
    try story.everyState()
    let before = try story.home.json("status")
    for (words, swaps) in [(["replay", "--check"], false), (["replay"], true)] {
      let result = try Binary.ledger.run(
        ["--json"] + words, environment: story.home.environment)
      #expect(result.status == 0, "\(result)")
      let line = try JSON(parsing: try #require(result.lines.last))
      try Schemas.expect(line, fits: "replay")
      #expect(line["equal"] == true && line["swapped"] == .bool(swaps))
    }
    #expect(try story.home.json("status") == before)
  }

  @Test("audit of sound books is ok, check by check; with findings it exits 1")
  func audit() throws {
    let story = try Story()
    try story.everyState()
    let sound = try story.home.ledger("--json", "audit")
    #expect(sound.status == 0, "\(sound)")
    for line in sound.lines { try Schemas.expect(try JSON(parsing: line), fits: "audit") }
    let end = try JSON(parsing: try #require(sound.lines.last))
    Schemas.expect(end, begins: "audit checks findings head")
    #expect(end["audit"] == "ok" && end["findings"] == 0 && end["checks"] == 10)
    try story.run(
      .submit(
        Submission(
          id: "late", account: "acme", provider: "replicate", hold: Credits("2.5")!,
          holdExpires: .after(1))))
    let result = try story.home.ledger("--json", "audit")
    #expect(result.status == 1, "\(result)")
    let lines = try result.lines.map { try JSON(parsing: $0) }
    for line in lines { try Schemas.expect(line, fits: "audit") }
    let failing = lines.filter { $0["ok"] == false }
    #expect(failing.map { $0["check"] } == ["overdue_holds"])
    Schemas.expect(failing.first, begins: "check ok count findings")
    let finding = try #require(failing.first?["findings"]?.array?.first)
    Schemas.expect(finding, begins: "positions job account amount message mend")
    #expect(finding["job"] == "late" && finding["account"] == "acme")
    #expect(finding["amount"] == "2.5" && finding["mend"] == "ledger poll --once")
    #expect(lines.last?["audit"] == "findings" && lines.last?["findings"] == 1)
    let screen = try story.home.ledger("audit")
    #expect(screen.status == 1 && screen.output.contains("try: ledger poll --once"))
    for line in screen.lines { #expect(line.count <= 80, "\(line)") }
    #expect(try story.home.ledger("audit", "--account", "other").status == 0)
  }
}
