// The operator's commands: rules of the house, and many jobs at once.

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
}
