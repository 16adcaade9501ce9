// A provider that no program of ours has heard of: its profile is a file in the home, and nothing
// is built again.

import Posix
import Support
import Testing
import Wire

@Suite("A user's own profile, end to end") struct OwnProfileTests {
  @Test("a file in the home is enough to work with a provider that nobody here knows")
  func ownProvider() throws {
    let home = try CommandHome()
    let provider = try FakeProvider(in: home)
    #expect(try home.ledger("grant", "acme", "10").status == 0)
    let file = home.path + "/providers/renderfarm.json"
    try FileSystem.makeDirectories(home.path + "/providers")
    try FileSystem.replace(file, with: provider.profile(name: "renderfarm").bytes)
    #expect(try home.ledger("provider", "lint", file).status == 0)

    for (id, input) in [("good", #"{"light":1}"#), ("bad", #"{"broken":true}"#)] {
      let result = try home.ledger(
        "submit", "--provider", "renderfarm", "--account", "acme", "--hold", "4", "--id", id,
        "--input", input)
      #expect(result.status == 0, "\(result)")
    }
    let environment = home.environment.merging([
      "LEDGER_DEV": "1", "FARM_KEY": "farm-key", "FARM_SECRET": "farm-secret",
    ]) { $1 }
    let poll = try Binary.ledger.run(["poll", "--drain"], environment: environment)
    #expect(poll.status == 0, "\(poll) \(provider.requests)")

    let good = try #require(try home.json("status", "good").first)
    #expect(good["state"] == "succeeded", "\(good.text)")
    #expect(good["external_id"]?.string?.hasPrefix("farm/") == true)
    #expect(good["outputs"]?.array?.count == 1)
    let bad = try #require(try home.json("status", "bad").first)
    #expect(bad["state"] == "failed" && bad["error"]?["class"] == "provider_failed")
    let balance = try home.json("balance", "acme").first
    #expect(balance?["available"] == "6" && balance?["captured"] == "4")

    // Two jobs, and one submit that met a full house: never more.
    #expect(provider.requests.count { $0 == "POST /v7/tasks" } == 3, "\(provider.requests)")
    let results = provider.requests.filter { $0.contains("/files") }
    let id = try #require(good["external_id"]?.string?.replacing("/", with: "%2F"))
    #expect(results == ["GET /v7/files?id=F%20\(id)"])
    // No secret stands anywhere in the home.
    for word in ["farm-secret", "farm-key"] {
      #expect(try home.ledger("export").output.contains(word) == false)
    }
  }
}
