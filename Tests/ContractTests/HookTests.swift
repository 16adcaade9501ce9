// ledger hook, as an operator types it; and its secret, which nobody is shown twice.

import Foundation
import Posix
import Support
import Testing
import Wire

@Suite("hook") struct HookTests {
  private static let url = "https://app.example/in?key=receivers-own"

  private func home() throws -> CommandHome {
    let home = try CommandHome()
    _ = try home.ledger("grant", "acme", "20")
    return home
  }

  @Test("add tells the secret and what is told; list and the summary tell the rest")
  func shown() throws {
    let home = try home()
    let added = try #require(
      try home.json("hook", "add", "app", Self.url, "--types", "succeeded,job.failed").first)
    try Schemas.expect(added, fits: "hook")
    #expect(added["types"] == ["job.succeeded", "job.failed"])
    #expect(added["url"] == "https://app.example/in?...")
    let listed = try #require(try home.json("hook", "list").first)
    try Schemas.expect(listed, fits: "hook")
    #expect(listed["secret"] == nil && listed["behind_events"] == 0 && listed["state"] == "ok")
    let summary = try #require(try home.json("status", "--summary").first)
    try Schemas.expect(summary, fits: "status-summary")
    #expect(summary["hooks"]?.array?.first?["name"] == "app")
  }

  @Test("what is to be told counts as behind although no poller runs")
  func behind() throws {
    let home = try home()
    _ = try home.ledger("hook", "add", "app", Self.url, "--account", "acme")
    for id in ["a", "b"] {
      _ = try home.ledger(
        "submit", "--provider", "replicate", "--account", "acme", "--hold", "1", "--id", id,
        "--input", "{}")
      _ = try home.ledger("cancel", id)
    }
    #expect(try home.json("hook", "list").first?["behind_events"] == 2)
    #expect(try home.ledger("hook", "list").output.contains("app"))
  }

  @Test("the secret stands in one file of the owner's alone: not in config, backup or export")
  func secret() throws {
    let home = try home()
    let added = try home.json("hook", "add", "app", Self.url)
    let secret = try #require(added.first?["secret"]?.string)
    let canary = String(secret.dropFirst("whsec_".count))
    let commands = [
      ["hook", "list"], ["status"], ["status", "--summary"], ["events"], ["config", "list"],
      ["export"], ["verify"], ["backup", home.directory + "/copy"], ["hook", "resend", "app"],
    ]
    for words in commands + commands.map({ ["--json"] + $0 }) {
      let result = try Binary.ledger.run(words, environment: home.environment)
      #expect(!(result.output + result.error).contains(canary), "\(words)")
    }
    let files = FileManager.default.enumerator(atPath: home.directory)?.compactMap { $0 as? String }
    let holding = (files ?? []).filter { name in
      let data = FileManager.default.contents(atPath: home.directory + "/" + name) ?? Data()
      return data.range(of: Data(canary.utf8)) != nil
    }
    #expect(holding == ["books/secrets/hook-app"])
    #expect(try FileSystem.status(home.path + "/secrets/hook-app")?.permissions == 0o600)
    #expect(try home.ledger("hook", "remove", "app").status == 0)
    #expect(!FileSystem.exists(home.path + "/secrets/hook-app"))
    #expect(try home.json("hook", "list").isEmpty)
  }

  @Test(
    "a wrong hook is refused before anything is kept",
    arguments: [
      ("add app http://app.example/", 64), ("add app http://127.0.0.1:80/", 64),
      ("add app https://user@app.example/", 64), ("add a/b https://app.example/", 64),
      ("add app https://app.example/ --types job.delivered", 64),
      ("add app https://app.example/ --types credit.held", 64),
      ("add known https://app.example/", 2), ("remove app", 66), ("resend app", 66),
      ("resend known --after 99", 64),
    ] as [(String, Int32)])
  func refused(_ words: String, status: Int32) throws {
    let home = try home()
    _ = try home.ledger("hook", "add", "known", Self.url)
    let command = ["--json", "hook"] + words.split(separator: " ").map(String.init)
    let result = try Binary.ledger.run(command, environment: home.environment)
    #expect(result.status == status, "\(result)")
    #expect(try home.json("hook", "list").count == 1)
  }

  @Test("a configuration that cannot be read is named, with its place")
  func broken() throws {
    let home = try home()
    try FileSystem.replace(home.path + "/config.json", with: Array(#"{"hooks":[{}]}"#.utf8))
    let result = try home.ledger("hook", "list")
    #expect(result.status == 78)
    #expect(result.error.contains("config.json"))
  }
}
