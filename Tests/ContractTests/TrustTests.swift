// forget, prune, checkpoint, backup, restore: what they answer, and their exit codes.

import Foundation
import Ledger
import Support
import Testing
import Wire

@Suite("Commands of trust") struct TrustTests {
  private func last(_ result: BinaryResult) throws -> JSON {
    try JSON(parsing: try #require(result.lines.last ?? result.errorLines.last, "\(result)"))
  }

  @Test("forget and prune answer by their schemas, and show null where text was")
  func erasure() throws {
    let story = try Story()
    try story.everyState()
    let home = story.home
    let pruned = try last(try home.ledger("--json", "prune", "--blobs-before", "0s"))
    try Schemas.expect(pruned, fits: "prune-receipt")
    #expect(pruned["repeated"] == false && pruned["open"] == [])
    #expect(try home.json("status", "failed").first?["error"]?["message"] == .null)
    #expect(try home.json("status", "running").first?["meta"]?["user"] == "42")
    let forgotten = try last(try home.ledger("--json", "forget", "acme", "--reason", "asked for"))
    try Schemas.expect(forgotten, fits: "forget-receipt")
    #expect(forgotten["canceled"] == ["submitted"])
    for line in try home.json("status") {
      try Schemas.expect(line, fits: "status")
      #expect(line["meta"] == .null || line["job"] == "expired")
    }
    for line in try home.json("events") { try Schemas.expect(line, fits: "event") }
    #expect(try home.ledger("timeline", "failed").output.contains("(erased)"))
    let again = try last(try home.ledger("--json", "forget", "acme", "--reason", "again"))
    #expect(again["repeated"] == true)
    #expect(try home.ledger("forget", "nobody", "--reason", "r").status == 66)
    #expect(try home.ledger("forget", "acme").status == 64)
    #expect(try home.ledger("verify").status == 0)
    #expect(try home.ledger("replay", "--check").status == 0)
  }

  @Test("a checkpoint's file and line are the schema's; verify takes it, and no other")
  func checkpoint() throws {
    let home = try Story().home
    let file = home.directory + "/checkpoint.json"
    let line = try last(try home.ledger("--json", "checkpoint", "--out", file))
    try Schemas.expect(line, fits: "checkpoint")
    let written = try JSON(parsing: Array(try Data(contentsOf: URL(filePath: file))))
    #expect(written["signature"] == line["signature"] && written["position"] == nil)
    let key = try #require(line["public_key"]?.string)
    for words in [["--checkpoint", file], ["--checkpoint", file, "--public-key", key]] {
      let result = try Binary.ledger.run(
        ["--json", "verify"] + words, environment: home.environment)
      #expect(result.status == 0, "\(result)")
      for line in result.lines { try Schemas.expect(try JSON(parsing: line), fits: "verify") }
      #expect(result.output.contains(#""check":"checkpoint""#))
    }
    // what standard output says is a checkpoint too
    let plain = try home.ledger("checkpoint")
    let other = try home.file("other.json", plain.output)
    #expect(try home.ledger("verify", "--checkpoint", other).status == 0)
    let wrong = String(repeating: "0", count: 64)
    #expect(
      try home.ledger("verify", "--checkpoint", file, "--public-key", wrong).status == 1)
    #expect(try home.ledger("verify", "--public-key", key).status == 64)
    #expect(try home.ledger("verify", "--checkpoint", file, "--public-key", "12").status == 64)
    let noise = try home.file("noise.json", "{}")
    #expect(try home.ledger("verify", "--checkpoint", noise).status == 65)
    let stranger = try Story().home
    #expect(try stranger.ledger("verify", "--checkpoint", file).status == 1)
  }

  @Test("backup and restore answer by their schemas; a loss is named before it is accepted")
  func restore() throws {
    let story = try Story()
    try story.submit("j1")
    let (home, directory) = (story.home, story.home.directory)
    let backup = try last(try home.ledger("--json", "backup", directory + "/b"))
    try Schemas.expect(backup, fits: "backup")
    #expect(try home.ledger("backup", directory + "/b").status == 2)
    #expect(try home.ledger("backup", home.path + "/b").status == 64)
    let fresh = directory + "/fresh"
    let restored = try last(
      try home.ledger("--home", fresh, "--json", "restore", directory + "/b"))
    try Schemas.expect(restored, fits: "restore")
    // Elsewhere the books may have gone on, so what was not sent by then is in doubt.
    #expect(restored["lost"] == 0 && restored["uncertain"] == ["j1"])
    #expect(restored["waiting"] == [] && restored["incarnation"] == 2)
    let summary = try home.json("--home", fresh, "status", "--summary").first
    #expect(summary?["paused"]?.array?.count == 1)
    #expect(try home.ledger("--home", fresh, "verify").status == 0)
    // the story has the home open
    #expect(try home.ledger("restore", directory + "/b", "--accept-loss").status == 75)
    #expect(try home.ledger("--home", fresh, "grant", "acme", "1").status == 0)
    let refused = try home.ledger("--home", fresh, "--json", "restore", directory + "/b")
    #expect(refused.status == 2)
    let error = try last(refused)["error"]
    #expect(error?["message"]?.string?.contains("acknowledged events") == true)
    #expect(error?["next"]?.string?.hasSuffix("restore \(directory)/b --accept-loss") == true)
    let again = try home.ledger(
      "--home", fresh, "--json", "restore", directory + "/b", "--accept-loss")
    try Schemas.expect(try last(again), fits: "restore")
    #expect(try home.ledger("--home", fresh, "restore", directory).status == 65)
  }
}
