// The other side of every incident: jobs of which nothing is to be said. Healthy jobs of all six
// providers go through the real poller, and at no moment has any of them a diagnosis.

import Foundation
import Posix
import Support
import Testing
import Wire

@Suite("Healthy jobs, end to end") struct HealthyTests {
  /// Jobs in all; `LEDGER_HEALTHY` for a campaign.
  private static let count =
    ProcessInfo.processInfo.environment["LEDGER_HEALTHY"].flatMap { Int($0) } ?? 300

  private static let models: [(provider: String, model: String?)] = [
    ("replicate", "acme/video"), ("fal", "fal-ai/flux/dev"),
    ("higgsfield", "higgsfield-ai/soul/standard"), ("higgsfield-legacy", "image2video/dop"),
    ("superduperai", "video/veo3"), ("self-hosted", nil),
  ]

  @Test("no healthy job of any provider has a diagnosis, while it runs or afterwards")
  func healthy() throws {
    let home = try CommandHome()
    let simulator = try Binary.ledgerd.start(
      ["--json", "simulate", "--pace", "0.1-0.6"], environment: home.environment)
    defer { simulator.signal(15) }
    try #require(simulator.waitForOutput { $0.contains("\n") }, "\(simulator.errorSoFar)")
    let hello = try JSON(parsing: String(simulator.outputSoFar.prefix { $0 != "\n" }))
    let environment = try environment(home, hello)
    func run(_ words: String...) throws -> BinaryResult {
      try Binary.ledger.run(words, environment: environment)
    }
    #expect(try run("grant", "acme", "\(HealthyTests.count)").status == 0)
    for (provider, _) in HealthyTests.models { try quicken(provider, home) }
    // The poller is there before the jobs: a job that nobody looks after is not healthy.
    let poller = try Binary.ledger.start(["poll"], environment: environment)
    defer { poller.signal(15) }
    for number in 0..<HealthyTests.count {
      let (provider, model) = HealthyTests.models[number % HealthyTests.models.count]
      let words =
        [
          "submit", "--provider", provider, "--account", "acme", "--hold", "1", "--id",
          "job-\(number)", "--input", #"{"prompt":"scene \#(number)","num_scenes":1}"#,
        ] + (model.map { ["--model", $0] } ?? [])
      let result = try Binary.ledger.run(words, environment: environment)
      try #require(result.status == 0, "\(result)")
      // A few looks on the way: each one reads every job.
      if (number + 1) % max(1, HealthyTests.count / 6) == 0 { try expectNothing(environment) }
    }
    let end = Clock.bootMicroseconds() + 1_800_000_000
    while try isOpen(environment) {
      try #require(Clock.bootMicroseconds() < end, "not all jobs have ended within half an hour")
      try expectNothing(environment)
    }
    try expectNothing(environment)
    let done = try lines(["status", "--state", "succeeded"], environment)
    #expect(done.count == HealthyTests.count)
  }

  private func environment(_ home: CommandHome, _ hello: JSON) throws -> [String: String] {
    var environment = home.environment.merging([
      "LEDGER_DEV": "1", "REPLICATE_API_TOKEN": "canary-replicate", "FAL_KEY": "canary-fal",
      "HF_KEY": "canary-hf:secret", "HF_API_KEY": "canary", "HF_API_SECRET": "canary",
      "SUPERDUPERAI_TOKEN": "canary-sd",
    ]) { $1 }
    for (provider, _) in HealthyTests.models {
      let suffix = provider.uppercased().replacing("-", with: "_")
      let address = hello["providers"]?[provider] ?? hello["listening"]
      environment["LEDGER_BASE_URL_\(suffix)"] = try #require(address?.string)
    }
    return environment
  }

  /// The built-in profile, asked more often.
  private func quicken(_ name: String, _ home: CommandHome) throws {
    guard case .object(var profile)? = try home.json("provider", "show", name).first,
      case .object(var limits)? = profile["limits"]
    else { return #expect(Bool(false), "there is no profile \(name)") }
    limits["poll"] = [
      "start_s": .number("0.1"), "max_s": .number("0.4"), "factor": .number("1.5"),
      "jitter": .number("0.2"), "slow_s": 1,
    ]
    profile["limits"] = .object(limits)
    try FileSystem.makeDirectories(home.path + "/providers")
    try FileSystem.replace(
      home.path + "/providers/\(name).json", with: JSON.object(profile).bytes)
  }

  private func lines(_ words: [String], _ environment: [String: String]) throws -> [JSON] {
    try Binary.ledger.run(["--json"] + words, environment: environment, seconds: 120).lines
      .map { try JSON(parsing: $0) }
  }

  private func isOpen(_ environment: [String: String]) throws -> Bool {
    let summary = try #require(try lines(["status", "--summary"], environment).first)
    return ["succeeded", "failed", "canceled", "expired"]
      .reduce(0) { $0 + (summary["jobs"]?[$1]?.int ?? 0) } < HealthyTests.count
  }

  private func expectNothing(
    _ environment: [String: String], location: SourceLocation = #_sourceLocation
  ) throws {
    let ill = try lines(["status"], environment).filter { $0["diagnoses"] != .array([]) }
    #expect(ill.isEmpty, "\(ill.prefix(3).map(\.text))", sourceLocation: location)
  }
}
