// The main job from outside: the built programs, the providers on loopback, real HTTP, real kills.

import Support
import Testing
import Wire

/// A simulator and a home whose profiles point at it.
private struct Stage {
  let home: CommandHome
  let simulator: RunningBinary
  let environment: [String: String]

  init(_ options: String...) throws {
    home = try CommandHome()
    simulator = try Binary.ledger.start(
      ["simulate", "--json"] + options, environment: home.environment)
    #expect(simulator.waitForOutput { $0.contains("\n") })
    let first = simulator.outputSoFar.split(separator: "\n").first.map(String.init) ?? ""
    let address = try JSON(parsing: first)["listening"]?.string ?? ""
    environment = home.environment.merging([
      "LEDGER_DEV": "1", "REPLICATE_API_TOKEN": "r8_canary",
      "LEDGER_BASE_URL_REPLICATE": address, "LEDGER_BASE_URL_SELF_HOSTED": address,
    ]) { $1 }
  }

  func ledger(_ words: String...) throws -> BinaryResult {
    try Binary.ledger.run(words, environment: environment, seconds: 120)
  }

  func jobs() throws -> [JSON] {
    try ledger("status", "--json", "--limit", "1000").lines.map { try JSON(parsing: $0) }
  }

  /// What the simulator saw: its last line.
  func saw() throws -> JSON {
    simulator.signal(15)
    return try JSON(parsing: simulator.wait().lines.last ?? "")
  }
}

@Suite("The main job, end to end") struct EndToEndTests {
  @Test("jobs survive faults and a killed poller; verdicts and money agree; nothing is sent twice")
  func mainJob() throws {
    let stage = try Stage(
      "--seed", "11", "--pace", "0.2-0.8", "--outcomes", "failed:0.2", "--fault",
      "status/503:0.1,submit/429:0.1:1,submit/drop-after:0.1,status/html:0.05")
    for number in 1...3 { _ = try stage.ledger("grant", "customer-\(number)", "100") }
    for number in 1...40 {
      let isOwn = number % 8 == 0
      let result = try stage.ledger(
        "submit", "--id", "job-\(number)", "--provider", isOwn ? "self-hosted" : "replicate",
        "--model", "acme/video", "--account", "customer-\(number % 3 + 1)", "--hold", "2.5",
        "--input", "{\"prompt\":\"scene \(number)\"}")
      #expect(result.status == 0, "\(result.error)")
    }
    #expect(try stage.ledger("cancel", "job-40").status == 0)

    let first = try Binary.ledger.start(["poll"], environment: stage.environment)
    #expect(waitForVerdict(stage))
    first.signal(9)
    #expect(first.wait().status == 128 + 9)
    let drained = try stage.ledger("poll", "--drain")
    #expect([0, 75].contains(drained.status), "\(drained.error)")

    let jobs = try stage.jobs()
    let ended = ["succeeded", "failed", "canceled"]
    for job in jobs {
      let state = job["state"]?.string ?? ""
      #expect(ended.contains(state) || state == "parked" || state == "uncertain", "\(job.text)")
      let isCharged = job["captured"] == "2.5" && job["released"] == "0"
      #expect(isCharged == (state == "succeeded"), "\(job.text)")
      #expect((job["released"] == "2.5") == ["failed", "canceled"].contains(state), "\(job.text)")
    }
    #expect(jobs.count == 40)
    // Answers were lost, and their jobs found again.
    let export = try stage.ledger("export").output
    #expect(export.contains("job.dispatch_uncertain") && export.contains("\"via\":\"reconcile\""))
    try expectSound(stage)
    let saw = try stage.saw()
    #expect(saw["submitted_twice"] == .array([]), "\(saw.text)")
  }

  @Test("the provider being down costs nothing: the jobs wait and are sent when it is back")
  func providerDown() throws {
    let stage = try Stage("--pace", "0.1-0.2")
    _ = try stage.ledger("grant", "acme", "10")
    _ = try stage.ledger(
      "submit", "--id", "j", "--provider", "replicate", "--model", "a/b", "--account", "acme",
      "--hold", "1", "--input", "{}")
    var down = stage.environment
    down["LEDGER_BASE_URL_REPLICATE"] = "http://127.0.0.1:9"  // discard: nobody listens
    #expect(try Binary.ledger.run(["poll", "--once"], environment: down).status == 0)
    let waiting = try stage.jobs()[0]
    #expect(waiting["state"] == "submitted" && waiting["held"] == "1", "\(waiting.text)")
    #expect(try stage.ledger("poll", "--drain").status == 0)
    #expect(try stage.jobs()[0]["state"] == "succeeded")
    #expect(try stage.saw()["submitted_twice"] == .array([]))
  }

  private func waitForVerdict(_ stage: Stage) -> Bool {
    for _ in 0..<600 {
      if let jobs = try? stage.jobs(), jobs.contains(where: { $0["state"] == "succeeded" }) {
        return true
      }
    }
    return false
  }

  /// Replay equal, every byte verified, holds and charges add up, no token anywhere in the home.
  private func expectSound(_ stage: Stage) throws {
    let replay = try JSON(parsing: try stage.ledger("replay", "--json").lines.last ?? "")
    #expect(replay["equal"] == true && replay["swapped"] == true, "\(replay.text)")
    #expect(try stage.ledger("verify").status == 0)
    let export = try stage.ledger("export").output
    #expect(!export.contains("r8_canary"))
  }
}
