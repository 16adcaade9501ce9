// Everything there is, at once, with a secret in every place that has one.

import Foundation
import Posix
import Support
import Testing
import Wire

/// The providers, a store, a server with a poller, a hook and a token, each with its own secret.
final class CanaryStage {
  let home: CommandHome
  /// By what they are; none of them may be found anywhere else.
  private(set) var secrets: [String: String]
  /// What commands, replies and logs said, by where it was said.
  private(set) var said: [(place: String, text: String)] = []
  let port: Int
  private let simulator: RunningBinary
  private let store: StoreServer
  private let server: RunningBinary
  private let environment: [String: String]

  init() throws {
    home = try CommandHome()
    simulator = try Binary.ledgerd.start(
      ["--json", "simulate", "--pace", "0.2-0.4", "--webhook-retry", "1"],
      environment: home.environment)
    try #require(simulator.waitForOutput { $0.contains("\n") })
    let hello = try JSON(parsing: String(simulator.outputSoFar.prefix { $0 != "\n" }))
    let webhookSecret = try #require(hello["webhook_secret"]?.string)
    store = try StoreServer("--token", "canary-store-session")
    secrets = [
      "provider's token": "r8_canary-of-environment", "token in a file": "canary-of-secrets-file",
      "webhook secret": String(webhookSecret.dropFirst("whsec_".count)),
      "store's key": "test-secret", "store's session": "canary-store-session",
    ]
    environment = home.environment.merging([
      "LEDGER_DEV": "1", "REPLICATE_API_TOKEN": "r8_canary-of-environment",
      "REPLICATE_WEBHOOK_SECRET": webhookSecret, "AWS_ACCESS_KEY_ID": "test-key",
      "AWS_SECRET_ACCESS_KEY": "test-secret", "AWS_SESSION_TOKEN": "canary-store-session",
      "LEDGER_BASE_URL_REPLICATE": try #require(hello["providers"]?["replicate"]?.string),
      "LEDGER_BASE_URL_FAL": try #require(hello["providers"]?["fal"]?.string),
    ]) { $1 }
    for words in [
      ["grant", "acme", "100"], ["config", "set", "store", "s3://outputs"],
      ["config", "set", "store_endpoint", store.address],
    ] {
      let result = try Binary.ledger.run(words, environment: environment)
      try #require(result.status == 0, "\(words): \(result)")
    }
    try FileSystem.makeDirectories(home.path + "/secrets", mode: 0o700)
    try FileSystem.replace(
      home.path + "/secrets/fal", with: Array("canary-of-secrets-file\n".utf8), mode: 0o600)
    let hook = try Binary.ledger.run(
      ["--json", "hook", "add", "app", "\(store.address)/files/ok/9/x?key=canary-in-hook-url"],
      environment: environment)
    let hookSecret = try #require(try JSON(parsing: hook.output)["secret"]?.string, "\(hook)")
    secrets["hook's secret"] = String(hookSecret.dropFirst("whsec_".count))
    let scopes = "jobs:write,jobs:read,credits:write,audit,operate"
    let token = try Binary.ledger.run(
      ["--json", "token", "create", "web", "--scope", scopes], environment: environment)
    secrets["token"] = try #require(try JSON(parsing: token.output)["token"]?.string, "\(token)")
    server = try Binary.ledgerd.start(
      ["serve", "--poll", "--listen", "127.0.0.1:0"], environment: environment)
    try #require(server.waitForOutput { $0.contains("/\n") }, "\(server.errorSoFar)")
    let address = server.outputSoFar.split(separator: "\n").first { $0.contains("http://") } ?? ""
    port = try #require(address.dropLast().split(separator: ":").last.flatMap { Int($0) })
    run("config", "set", "public_url", "http://127.0.0.1:\(port)")
  }

  /// Whatever the command says, of success or of failure, is looked at.
  @discardableResult
  func run(_ words: String...) -> BinaryResult? { run(words) }

  @discardableResult
  func run(_ words: [String]) -> BinaryResult? {
    var last: BinaryResult?
    for words in [words, ["--json"] + words] {
      guard
        let result = try? Binary.ledger.run(words, environment: environment, seconds: 120)
      else { continue }
      said.append(("ledger \(words.joined(separator: " "))", result.output + result.error))
      last = result
    }
    return last
  }

  /// Whatever the server answers is looked at, with all its fields.
  @discardableResult
  func ask(
    _ method: String, _ target: String, _ fields: [String: String] = [:], _ json: JSON? = nil
  ) throws -> WebReply {
    var fields = fields
    if json != nil { fields["Content-Type"] = "application/json" }
    let connection = try WebConnection(port: port)
    connection.send(method, target, fields, body: json?.bytes ?? (method == "POST" ? [] : nil))
    let reply = try connection.reply(to: method)
    hear("\(method) \(target.prefix { $0 != "?" })", reply)
    return reply
  }

  func hear(_ place: String, _ reply: WebReply) {
    let fields = reply.fields.filter { $0.name != "set-cookie" }.map { "\($0.name): \($0.value)" }
    said.append((place, (fields + [reply.text]).joined(separator: "\n")))
  }

  func keep(_ secret: String, as name: String) { secrets[name] = secret }

  var bearer: [String: String] { ["Authorization": "Bearer \(secrets["token"] ?? "")"] }

  /// Looks at what our processes show of themselves to everybody on this machine.
  func lookAtProcesses() throws {
    for process in [server.processID, simulator.processID] {
      let line = try String(
        decoding: Data(contentsOf: URL(filePath: "/proc/\(process)/cmdline")), as: UTF8.self)
      said.append(("the command line of \(process)", line))
      for task in try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task") {
        let name = try? String(
          contentsOfFile: "/proc/\(process)/task/\(task)/comm", encoding: .utf8)
        said.append(("a thread's name", name ?? ""))
      }
    }
  }

  /// Ends the server; what it wrote is looked at too.
  func finish() {
    server.signal(15)
    let result = server.wait()
    said.append(("ledgerd serve", result.output + result.error))
    simulator.signal(15)
    _ = simulator.wait()
  }

  /// Files below the directory, but the home's own secrets.
  var files: [String] {
    let all = FileManager.default.enumerator(atPath: home.directory)?.compactMap { $0 as? String }
    return (all ?? []).filter { !$0.hasPrefix("books/secrets/") }
  }

  /// Where a text stands: `said` and files.
  func places(of text: String) -> [String] {
    let bytes = Data(text.utf8)
    let told = said.filter { $0.text.contains(text) }.map(\.place)
    let kept = files.filter { name in
      FileManager.default.contents(atPath: "\(home.directory)/\(name)")?.range(of: bytes) != nil
    }
    return told + kept
  }
}
