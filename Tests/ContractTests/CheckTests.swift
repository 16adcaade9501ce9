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
}
