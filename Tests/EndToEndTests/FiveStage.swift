// One provider on loopback, one home, one backend: what a job needs to be told of by every channel.

import Foundation
import Posix
import Support
import Testing
import Wire

/// How a job's verdict gets to us.
enum Channel: String, CaseIterable {
  case poll, sse, webhook
  /// All that the provider has, each as quick as it may be.
  case together
}

final class FiveStage {
  /// Nobody waits so long: what comes by then came by another channel, seconds.
  private static let never: JSON = 3600

  let home: CommandHome
  private let provider: String
  private let simulator: RunningBinary
  private(set) var environment: [String: String]
  private var backend: Backend?
  /// What the provider's built-in profile says it has.
  private(set) var isStreamed = false
  private(set) var isCalled = false

  /// - Parameter isSecure: everything the provider says is https.
  init(_ provider: String, isSecure: Bool = false) throws {
    self.provider = provider
    home = try CommandHome()
    environment = home.environment
    let authority = home.directory + "/authority.pem"
    simulator = try Binary.ledgerd.start(
      ["--json", "simulate", "--pace", "1", "--webhook-retry", "1"]
        + (isSecure ? ["--ca", authority] : []), environment: environment)
    try #require(simulator.waitForOutput { $0.contains("\n") }, "\(simulator.errorSoFar)")
    let hello = try JSON(parsing: String(simulator.outputSoFar.prefix { $0 != "\n" }))
    let address = try #require(hello["providers"]?[provider]?.string)
    let variable =
      "LEDGER_BASE_URL_"
      + provider.uppercased().replacing("-", with: "_")
    let secret = try #require(hello["webhook_secret"]?.string)
    environment.merge([
      "LEDGER_DEV": "1", variable: address, "REPLICATE_API_TOKEN": "canary-replicate",
      "FAL_KEY": "canary-fal", "HF_KEY": "canary-hf:secret", "SUPERDUPERAI_TOKEN": "canary-sd",
      "REPLICATE_WEBHOOK_SECRET": secret, "HF_WEBHOOK_SECRET": secret,
    ]) { $1 }
    if isSecure { environment["LEDGER_CA_FILE"] = authority }
    try run("grant", "acme", "100")
    try run("config", "set", "store", "file://\(home.directory)/saved")
  }

  /// Runs `ledger`, which must succeed.
  @discardableResult
  func run(
    _ words: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> BinaryResult {
    let result = try Binary.ledger.run(words, environment: environment, seconds: 120)
    try #require(result.status == 0, "\(words): \(result)", sourceLocation: sourceLocation)
    return result
  }

  /// Starts the backend where the provider calls one, and says where it is.
  func openBackend() throws {
    let profile = try #require(try home.json("provider", "show", provider).first)
    isStreamed = profile["stream"] != nil
    isCalled = profile["webhook"]?["parameter"] != nil
    guard isCalled else { return }
    let isByKeySet = profile["webhook"]?["signature"]?["jwks_url"] != nil
    let keys = isByKeySet ? "\(home.path)/keys/\(provider).jwks.json" : nil
    let backend = try Backend(in: home, keys: keys, environment: environment)
    self.backend = backend
    try run("config", "set", "public_url", backend.address)
  }

  var receipts: [JSON] { get throws { try backend?.receipts ?? [] } }

  /// Waits for calls that come after the verdict.
  func wait(forCallsAbout job: String, _ count: Int) throws {
    let end = Clock.bootMicroseconds() + 60_000_000
    while try receipts.count(where: { $0["job"]?.string == job }) < count {
      try #require(Clock.bootMicroseconds() < end, "no call about \(job) within a minute")
    }
  }

  /// Writes the built-in profile as the home's own, with nothing but one channel.
  func listen(by channel: Channel) throws {
    let bare = try CommandHome()
    guard case .object(var profile)? = try bare.json("provider", "show", provider).first,
      case .object(var limits)? = profile["limits"]
    else { return #expect(Bool(false), "there is no profile \(provider)") }
    let polls = channel == .poll || channel == .together
    let never = FiveStage.never
    limits["poll"] = [
      "start_s": polls ? .number("0.2") : never, "max_s": polls ? .number("0.4") : never,
      "factor": .number("1.2"), "jitter": .number("0.1"), "slow_s": polls ? 1 : never,
    ]
    profile["limits"] = .object(limits)
    if channel == .poll || channel == .webhook { profile["stream"] = nil }
    if channel == .poll || channel == .sse { profile["webhook"] = nil }
    try FileSystem.makeDirectories(home.path + "/providers")
    try FileSystem.replace(
      home.path + "/providers/\(provider).json", with: JSON.object(profile).bytes)
  }

  /// Works until nothing moves by itself.
  func drain(sourceLocation: SourceLocation = #_sourceLocation) throws {
    let result = try Binary.ledger.run(["poll", "--drain"], environment: environment, seconds: 120)
    #expect(result.status == 0, "\(result)", sourceLocation: sourceLocation)
  }

  func events(_ type: String, of job: String) throws -> [JSON] {
    try home.json("events", job, "--type", type)
  }

  /// Ends the simulator.
  /// - Returns: what it saw.
  func finish() throws -> JSON {
    simulator.signal(15)
    let result = simulator.wait()
    return try JSON(parsing: try #require(result.lines.last, "\(result)"))
  }

  static func schema(_ name: String) throws -> SchemaCheck {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "schemas/output")
    let data = try Data(contentsOf: folder.appending(path: "\(name).schema.json"))
    return SchemaCheck(try JSON(parsing: Array(data)))
  }
}
