// The page and its client in a real Chromium, before a real server with a poller and the providers'
// simulator behind it. The scripts beside this file do the looking.

import Foundation
import Posix
import Support
import Testing
import Wire

/// The providers, the books and the server, each as a program.
final class Stage {
  private static let names = ["replicate", "self-hosted"]

  let home: CommandHome
  private let providers: RunningBinary
  private var server: RunningBinary
  private let environment: [String: String]
  let base: String

  init() throws {
    home = try CommandHome()
    // Slow enough that a fault can strike in the middle of a job.
    providers = try Binary.ledgerd.start(
      ["--json", "simulate", "--port", "0", "--pace", "4-6"], environment: ["PATH": "/usr/bin:/bin"]
    )
    try #require(providers.waitForOutput { $0.contains("\n") })
    let first = providers.outputSoFar.prefix { $0 != "\n" }
    let address = try #require(try JSON(parsing: String(first))["listening"]?.string)
    var environment = home.environment.merging([
      "LEDGER_DEV": "1", "REPLICATE_API_TOKEN": "r8_canary",
    ]) { $1 }
    for name in Stage.names {
      environment["LEDGER_BASE_URL_" + name.uppercased().replacing("-", with: "_")] = address
    }
    self.environment = environment
    #expect(try home.ledger("grant", "acme/studio", "1000").status == 0)
    server = try Binary.ledgerd.start(Stage.words(port: 0), environment: environment)
    base = try Stage.address(of: server)
  }

  private static func words(port: Int) -> [String] {
    ["serve", "--poll", "--rate", "0", "--listen", "127.0.0.1:\(port)"]
  }

  private static func address(of server: RunningBinary) throws -> String {
    try #require(
      server.waitForOutput { $0.contains("\n") && $0.contains("serving ") }, "\(server.errorSoFar)")
    let line = server.outputSoFar.split(separator: "\n").first { $0.contains("serving ") }
    return String(line?.split(separator: " ").last ?? "")
  }

  /// A token with every scope; from then on one is needed.
  func makeToken() throws -> String {
    let scopes = "jobs:write,jobs:read,credits:write,audit,operate"
    return try #require(
      try home.json("token", "create", "browser", "--scope", scopes).first?["token"]?.string)
  }

  /// A hundred jobs, so that the board has more than fits on a screen.
  func fill() throws {
    for number in 1...100 {
      let result = try home.ledger(
        "submit", "--provider", "replicate", "--model", "acme/lipsync", "--account", "acme/studio",
        "--hold", "1", "--id", "filler-\(number)", "--input", #"{"prompt":"a lighthouse"}"#)
      #expect(result.status == 0, "\(result)")
    }
  }

  private var restartWish: String { home.directory + "/restart" }
  private var restartDone: String { home.directory + "/restarted" }

  /// What a script types to have the server killed and started again at the same address.
  var restartCommand: String {
    "touch \(restartWish); while [ ! -e \(restartDone) ]; do sleep 0.05; done"
  }

  private func restart() throws {
    let port = try #require(URL(string: base)?.port)
    server.signal(SIGKILL)
    _ = server.wait()
    server = try Binary.ledgerd.start(Stage.words(port: port), environment: environment)
    #expect(try Stage.address(of: server) == base)
    try FileSystem.remove(restartWish)
    try FileSystem.replace(restartDone, with: [])
  }

  /// Runs a script to its end.
  /// - Returns: what it found, one line for each check.
  func run(_ script: String, _ more: String...) throws -> [JSON] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    // Not made canonical: by its own name alone Python finds what is installed beside it.
    let python = Chromium.venv + "/bin/python"
    let words = [folder.appending(path: script).path, "--base", base] + more
    var surroundings = environment
    surroundings["PATH"] = "/usr/local/bin:/usr/bin:/bin"
    let running = try RunningBinary(python, words, environment: surroundings, input: "")
    for _ in 0..<6000 {
      if running.waitForOutput(seconds: 0.1, { $0.contains(#"{"browser""#) }) { break }
      if FileSystem.exists(restartWish) { try restart() }
    }
    let result = running.wait()
    let lines = try result.lines.map { try JSON(parsing: $0) }
    #expect(result.status == 0, "\(result.error.suffix(2000))")
    #expect(lines.last?["browser"] == "ok", "\(lines.last?.text ?? "nothing")")
    return lines
  }
}

/// Whether this machine has a browser; where it has none, the reason is in the report.
enum Chromium {
  static let isHere =
    ["/usr/bin/chromium", "/usr/bin/chromedriver"].allSatisfy(
      FileManager.default.isExecutableFile)
    && FileManager.default.fileExists(atPath: venv + "/bin/python") && hasSelenium

  static let venv =
    URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path + "/.venv"

  private static var hasSelenium: Bool {
    let lib = venv + "/lib"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: lib)) ?? []
    return versions.contains {
      FileManager.default.fileExists(atPath: "\(lib)/\($0)/site-packages/selenium")
    }
  }
}

@Suite(
  "In a browser", .serialized,
  .enabled(if: Chromium.isHere, "no Chromium or no selenium: tools/setup --tests installs both"))
struct BrowserTests {
  private func expectAll(_ lines: [JSON], location: SourceLocation = #_sourceLocation) {
    #expect(lines.count > 5, sourceLocation: location)
    for line in lines where line["check"] != nil {
      #expect(line["ok"] == true, "\(line.text)", sourceLocation: location)
    }
  }

  @Test("a page that follows a job sees every event once, whatever happens to the network")
  func follow() throws { expectAll(try Stage().run("follow.py")) }

  @Test("hostile text stays text")
  func hostile() throws { expectAll(try Stage().run("hostile.py")) }

  @Test("the page shows what the books hold, to keyboards, small screens and tired eyes")
  func page() throws {
    let stage = try Stage()
    try stage.fill()
    expectAll(try stage.run("page.py"))
  }

  @Test("where a token is needed the page asks for one, and shows the same")
  func withToken() throws {
    let stage = try Stage()
    try stage.fill()
    let token = try stage.makeToken()
    expectAll(try stage.run("page.py", "--token", token))
    expectAll(try stage.run("follow.py", "--token", token, "--only", "normal run"))
  }

  @Test("a server that is killed and comes back is found again by those who follow")
  func restarted() throws {
    let stage = try Stage()
    let scenario = "server killed and restarted"
    expectAll(
      try stage.run("follow.py", "--only", scenario, "--restart", stage.restartCommand))
  }
}
