// The operator's commands: rules of the house, and many jobs at once.

import Ledger
import Support
import Testing
import Wire

@Suite("Operating commands") struct OperationTests {
  @Test("config lists every policy, gets one, sets one and takes it back")
  func config() throws {
    let home = try CommandHome()
    let words = ["config", "set", "late_success", "charge"]
    let set = try #require(try home.json(words[0], words[1], words[2], words[3]).first)
    try Schemas.expect(set, fits: "policy-receipt")
    Schemas.expect(set, begins: "name value position repeated")
    let lines = try home.json("config", "list")
    #expect(
      lines.map { $0["name"] } == [
        "capture_on", "late_success", "on_account_problem", "disk_floor", "public_url", "store",
        "store_key", "store_url", "store_endpoint", "store_region", "output_bytes_max",
      ])
    for line in lines {
      try Schemas.expect(line, fits: "policy")
      Schemas.expect(line, begins: "name value default position")
    }
    let got = try #require(try home.json("config", "get", "late_success").first)
    #expect(got == lines[1] && got["value"] == "charge" && got["default"] == "write_off")
    #expect(got["position"] == set["position"])
    _ = try home.json("config", "set", "late_success", "--default")
    let back = try #require(try home.json("config", "get", "late_success").first)
    #expect(back["value"] == "write_off" && back["position"] == .null)
    let events = try home.json("events", "--type", "ledger.policy_set")
    #expect(events.map { $0["data"]?["value"] } == ["charge", nil])
  }

  @Test(
    "an unknown policy or value is a wrong command line, with a suggestion",
    arguments: [
      (["config", "get", "capture_onn"], Int32(64), "capture_on"),
      (["config", "set", "late_succes", "charge"], 64, "late_success"),
      (["config", "set", "late_success", "chrage"], 64, "charge"),
      (["config", "set", "disk_floor", "much"], 64, "bytes"),
      (["config", "set", "late_success"], 64, "--default"),
      (["config", "set", "capture_on", "stored"], 78, "config set store"),
    ])
  func refusals(_ words: [String], _ status: Int32, _ said: String) throws {
    let home = try CommandHome()
    _ = try home.ledger("init")
    let result = try Binary.ledger.run(words, environment: home.environment)
    #expect(result.status == status && result.error.contains(said), "\(result)")
    #expect(result.error.contains("try: "), "\(result)")
  }

  @Test("cancel of many jobs says how many, lists them, and does it only with --yes")
  func bulkCancel() throws {
    let story = try Story()
    try story.everyState()
    let home = story.home
    let words = ["cancel", "--account", "acme"]
    let asked = try Binary.ledger.run(words, environment: home.environment)
    #expect(asked.status == 64 && asked.error.contains("7 jobs are meant"), "\(asked)")
    let head = try home.json("status", "--summary").first?["head"]
    let dry = try home.json("cancel", "--account", "acme", "--dry-run")
    for line in dry { try Schemas.expect(line, fits: "bulk") }
    #expect(
      dry.compactMap { $0["job"]?.string } == [
        "submitted", "dispatching", "dispatched", "running", "overdue", "uncertain", "parked",
      ])
    #expect(dry.last?["dry_run"] == true && dry.last?["jobs"] == 7)
    #expect(try home.json("status", "--summary").first?["head"] == head)
    let done = try home.json("cancel", "--account", "acme", "--yes", "--reason", "closing")
    for line in done { try Schemas.expect(line, fits: "bulk") }
    #expect(
      done.last == ["command": "cancel", "dry_run": false, "jobs": 7, "done": 7, "refused": 0])
    #expect(done.first?["state"] == "canceled" && done[1]["state"] == "dispatching")
    let again = try home.json("cancel", "--account", "acme", "--yes")
    #expect(again.last?["jobs"] == 6 && again.dropLast().allSatisfy { $0["repeated"] == true })
    let screen = try home.ledger("cancel", "--account", "acme", "--dry-run")
    #expect(screen.lines.last == "6 jobs; --yes to cancel them")
    #expect(try home.ledger("cancel", "--account", "nobody", "--yes").status == 0)
  }

  @Test("more jobs than one commit takes are all asked; refusals are told and counted")
  func bulkCheck() throws {
    let story = try Story()
    for number in 1...300 { try story.submit("j\(number)", hold: "0") }
    let done = try story.home.json("check", "--state", "submitted", "--yes")
    #expect(done.last?["done"] == 300 && done.count == 301)
    #expect(try story.home.json("events", "--type", "job.check_requested").count == 300)
    try story.run(.job("j1", .cancel(reason: nil)))
    let refused = try story.home.ledger("--json", "check", "--state", "canceled", "--yes")
    #expect(refused.status == 2 && refused.error.contains("never at the provider"))
    #expect(try story.home.json("check", "--limit", "5", "--dry-run").last?["jobs"] == 5)
  }

  @Test(
    "one job and many cannot be meant at once, and neither can nothing",
    arguments: [
      ["cancel"], ["cancel", "--yes"], ["check", "--dry-run"], ["cancel", "j1", "--yes"],
      ["cancel", "j1", "--account", "acme"], ["check", "--account", "acme", "--yes", "--dry-run"],
    ])
  func bulkUsage(_ words: [String]) throws {
    let home = try CommandHome()
    _ = try home.ledger("init")
    let result = try Binary.ledger.run(words, environment: home.environment)
    #expect(result.status == 64 && result.error.contains("try: "), "\(result)")
  }
}
