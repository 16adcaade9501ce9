// A home, the providers on loopback and pollers: all of them the built programs, from outside.

import Posix
import Support
import Testing
import Wire

/// The simulator as a process.
final class Providers {
  private let running: RunningBinary
  let address: String

  /// - Parameter port: 0: any that is free.
  init(_ words: String..., port: Int = 0) throws {
    running = try Binary.ledgerd.start(
      ["--json", "simulate", "--port", "\(port)"] + words, environment: ["PATH": "/usr/bin:/bin"])
    try #require(running.waitForOutput { $0.contains("\n") })
    let line = running.outputSoFar.prefix { $0 != "\n" }
    address = try #require(try JSON(parsing: String(line))["listening"]?.string)
  }

  var port: Int { Int(address.split(separator: ":").last ?? "") ?? 0 }

  /// Ends it.
  /// - Returns: what it saw.
  func finish() throws -> JSON {
    running.signal(15)
    let result = running.wait()
    return try JSON(parsing: try #require(result.lines.last, "\(result)"))
  }
}

/// Books with an account `acme` of 100 credits, and whoever works on them.
struct World {
  let home: CommandHome
  private let address: String

  init(_ providers: Providers) throws {
    home = try CommandHome()
    address = providers.address
    #expect(try home.ledger("grant", "acme", "100").status == 0)
    for name in ["replicate", "self-hosted"] { try profile(name) }
  }

  var environment: [String: String] {
    home.environment.merging([
      "LEDGER_DEV": "1", "LEDGER_BASE_URL_REPLICATE": address,
      "LEDGER_BASE_URL_SELF_HOSTED": address, "REPLICATE_API_TOKEN": "r8_canary",
    ]) { $1 }
  }

  /// Writes the built-in profile, at the pace of tests, as the home's own.
  /// - Parameter change: makes it another one.
  func profile(_ name: String, change: (inout JSONObject) -> Void = { _ in }) throws {
    let bare = try CommandHome()
    guard case .object(var profile)? = try bare.json("provider", "show", name).first,
      case .object(var limits)? = profile["limits"]
    else { return #expect(Bool(false), "there is no profile \(name)") }
    limits["poll"] = [
      "start_s": .number("0.1"), "max_s": .number("0.2"), "factor": .number("1.5"),
      "jitter": .number("0.2"), "slow_s": 1,
    ]
    profile["limits"] = .object(limits)
    if case .object(var reconcile)? = profile["reconcile"] {
      reconcile["after_s"] = .number("0.3")
      reconcile["attempts"] = 3
      profile["reconcile"] = .object(reconcile)
    }
    change(&profile)
    try FileSystem.makeDirectories(home.path + "/providers")
    try FileSystem.replace(
      home.path + "/providers/\(name).json", with: JSON.object(profile).bytes)
  }

  func submit(_ id: String, provider: String = "replicate") throws {
    let result = try home.ledger(
      "submit", "--provider", provider, "--model", "owner/name", "--account", "acme", "--hold", "2",
      "--id", id,
      "--input", #"{"prompt":"a cat called \#(id)"}"#)
    #expect(result.status == 0, "\(result)")
  }

  /// Starts a poller.
  func poll(_ words: String...) throws -> RunningBinary {
    try Binary.ledger.start(["poll"] + words, environment: environment)
  }

  func state(_ id: String) throws -> String? {
    try home.json("status", id).first?["state"]?.string
  }

  func events(_ type: String) throws -> [JSON] { try home.json("events", "--type", type) }

  /// Waits for something that must come; how long that takes is nobody's business here.
  func wait(
    for what: String, location: SourceLocation = #_sourceLocation, until isTrue: () throws -> Bool
  ) throws {
    let end = Patience.end(after: 60, from: Clock.bootMicroseconds())
    while try !isTrue() {
      try #require(
        Clock.bootMicroseconds() < end, "\(what): not within a minute", sourceLocation: location)
    }
  }
}
