// ledger simulate: the providers on loopback.

import CommandLine
import Posix
import Simulator
import Wire

enum SimulateCommand {
  /// The largest recording, bytes.
  private static let recordingBytesMax = 64 << 20

  static func run(_ surroundings: Surroundings, _ arguments: Arguments) throws -> ExitCode {
    let output = surroundings.output
    if arguments.string("incident") == "list" { return list(output) }
    let simulator = try Simulator.start(try options(arguments))
    if let path = arguments.string("ca"), let authority = simulator.authority {
      try FileSystem.replace(path, with: Array(authority.utf8))
    }
    announce(simulator, output)
    if let play = simulator.incident { tell(play, output) }
    output.flush()
    let signal = Signals.wait()
    let stats = simulator.stats
    simulator.stop()
    output.json(stats)
    return Signals.exitCode(signal)
  }

  private static func announce(_ simulator: Simulator, _ output: Output) {
    guard output.settings.isJSON else {
      output.line("listening on \(simulator.address)")
      for (provider, address) in simulator.addresses where address != simulator.address {
        output.line("  \(provider) on \(address)")
      }
      return
    }
    output.json([
      "listening": .string(simulator.address),
      "providers": .object(
        JSONObject(
          simulator.addresses.map { JSONObject.Member($0.provider, .string($0.address)) })),
      "webhook_secret": .string(simulator.webhookSecret),
    ])
  }

  private static func options(_ arguments: Arguments) throws -> SimulatorOptions {
    if let code = arguments.string("incident") {
      var options = try incident(code)
      options.port = arguments.integer("port") ?? 0
      return options
    }
    var options = SimulatorOptions()
    options.port = arguments.integer("port") ?? 0
    options.seed = arguments.integer("seed").map { UInt64($0) } ?? 1
    if let text = arguments.string("pace") { options.pace = try Pace(parsing: text) }
    if let text = arguments.string("outcomes") {
      options.outcomes = try OutcomeShares(parsing: text)
    }
    if let text = arguments.string("fault") { options.faults = try Fault.parse(text) }
    options.providers = arguments.strings("provider")
    options.concurrency = arguments.integer("concurrency")
    options.outputLifeSeconds = arguments.integer("output-life").map { Double($0) }
    options.usesTLS = arguments.string("ca") != nil
    options.webhookSecret = arguments.string("webhook-secret")
    options.webhookRetrySeconds = arguments.integer("webhook-retry").map { Double($0) }
    for path in arguments.strings("recording") {
      guard let bytes = try FileSystem.read(path, limit: recordingBytesMax) else {
        throw Failure.usage("--recording: there is no file \(path)")
      }
      options.recordings.append(try Recording(name: path, parsing: bytes))
    }
    return options
  }
}
