// The recipe of KeepATableUpToDate, as it stands there: its receivers are started, a poller tells
// them, and the table must be what the books say.

import Foundation
import Glibc
import Posix
import Support
import Testing
import Wire

@Suite("The recipe for an app's table", .serialized) struct HookRecipeTests {
  private static let python: (path: String, library: String?) = {
    let own = OfficialClients.python
    if FileManager.default.isExecutableFile(atPath: own),
      let child = try? Child([own, "-c", "import standardwebhooks"]), child.wait() == 0
    {
      return (own, nil)
    }
    return ("/usr/bin/python3", OfficialClients.root + "/Tests/EndToEndTests/Clients/by_hand")
  }()

  private static let node = ["/usr/bin/node", "/usr/local/bin/node"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  /// What stands for PostgreSQL: the rows of the one statement, kept as the database would.
  private static let database = """
    const fs = require('node:fs');
    const rows = {};
    exports.Pool = class {
      async query(text, row) {
        if (!text.startsWith('INSERT INTO video_job')) throw new Error(text);
        if (!(rows[row[0]]?.[4] >= row[4])) rows[row[0]] = row;
        fs.writeFileSync(process.env.APP_DB, JSON.stringify(Object.values(rows)));
      }
    };
    """

  private func recipe(_ language: String) throws -> String {
    let article = OfficialClients.root + "/Sources/Ledger/Ledger.docc/KeepATableUpToDate.md"
    let text = try String(contentsOfFile: article, encoding: .utf8)
    let start = try #require(text.range(of: "```\(language)\n")).upperBound
    let end = try #require(text[start...].range(of: "\n```")).lowerBound
    return String(text[start..<end]) + "\n"
  }

  /// A port that was free a moment ago.
  private func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    try #require(isBound)
    return Int(UInt16(bigEndian: address.sin_port))
  }

  private func answers(_ port: Int) -> Bool {
    guard let child = try? Child(["/bin/bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/\(port)"]) else {
      return false
    }
    return child.wait() == 0
  }

  /// Starts another program than ours, which is only told where ours is.
  private func launch(
    _ program: [String], environment: [String: String]
  ) throws -> RunningBinary {
    try Binary.ledger.start([], environment: environment, launcher: program)
  }

  /// Follows the recipe with jobs that end in three ways.
  private func follow(
    _ program: [String], in world: World, _ environment: [String: String],
    rows: () throws -> [String: [String]]
  ) throws {
    let port = try freePort()
    let words = ["--json", "hook", "add", "app", "http://127.0.0.1:\(port)/hooks"]
    let added = try Binary.ledger.run(words, environment: world.environment)
    let secret = try #require(
      try added.lines.first.map { try JSON(parsing: $0) }?["secret"]?.string, "\(added)")
    let receiver = try launch(
      program,
      environment: environment.merging(["HOOK_SECRET": secret, "PORT": "\(port)"]) { $1 })
    try world.wait(for: "the receiver: \(receiver.errorSoFar)") { answers(port) }
    try world.submit("good")
    _ = try world.home.ledger(
      "submit", "--provider", "replicate", "--model", "owner/name", "--account", "acme", "--hold",
      "2", "--id", "bad", "--input", #"{"prompt":"boom","simulate":{"outcome":"failed"}}"#)
    try world.submit("off")
    _ = try world.home.ledger("cancel", "off")
    #expect(try world.poll("--drain").wait().status == 0)
    let told = try rows()
    #expect(told.mapValues { $0[0] } == ["good": "succeeded", "bad": "failed", "off": "canceled"])
    #expect(told["good"]?[1].hasPrefix("http") == true, "\(told)")
    #expect(told["bad"]?[2] == "provider_failed", "\(told)")
    #expect(try world.events("job.delivered").count == 3)

    // The past again, under the same ids: nothing is different for it.
    _ = try world.home.ledger("hook", "resend", "app", "--after", "0")
    #expect(try world.poll("--drain").wait().status == 0)
    #expect(try world.events("job.delivered").count == 6)
    #expect(try rows().mapValues { Array($0[..<3]) } == told.mapValues { Array($0[..<3]) })
    #expect(try world.home.json("hook", "list").first?["behind_events"] == 0)
    let forged =
      "curl -s -o /dev/null -w '%{http_code}' -d {} -H 'webhook-id: x' -H 'webhook-timestamp: 1' "
      + "-H 'webhook-signature: v1,AAAA' http://127.0.0.1:\(port)/hooks"
    #expect(try launch(["/bin/sh", "-c", forged], environment: [:]).wait().output == "401")
  }

  @Test("in Python keeps SQLite's table, with every signature verified")
  func python() throws {
    let providers = try Providers("--pace", "0.1-0.2")
    let world = try World(providers)
    let script = try world.home.file("receiver.py", try recipe("python"))
    let table = world.home.directory + "/app.db"
    var environment = ["PATH": "/usr/bin:/bin", "APP_DB": table]
    environment["PYTHONPATH"] = Self.python.library
    try follow([Self.python.path, script], in: world, environment) {
      let select = """
        import json, sqlite3
        rows = sqlite3.connect("\(table)").execute("SELECT * FROM video_job").fetchall()
        print(json.dumps([[str(value or "") for value in row] for row in rows]))
        """
      let command = ["/usr/bin/python3", "-c", select]
      let result = try launch(command, environment: environment).wait()
      return try HookRecipeTests.table(result.output)
    }
  }

  @Test("in JavaScript does the same", .enabled(if: HookRecipeTests.node != nil, "no node here"))
  func javaScript() throws {
    let providers = try Providers("--pace", "0.1-0.2")
    let world = try World(providers)
    let script = try world.home.file("receiver.mjs", try recipe("js"))
    let folder = world.home.directory + "/node_modules/pg"
    try FileSystem.makeDirectories(folder)
    try FileSystem.replace(folder + "/index.js", with: Array(Self.database.utf8))
    let table = world.home.directory + "/rows.json"
    let environment = ["PATH": "/usr/bin:/bin", "APP_DB": table]
    try follow([Self.node ?? "", script], in: world, environment) {
      let bytes = try FileSystem.read(table) ?? []
      return try HookRecipeTests.table(String(decoding: bytes, as: UTF8.self))
    }
  }

  /// Rows by id: status, url, error, position.
  private static func table(_ text: String) throws -> [String: [String]] {
    var rows: [String: [String]] = [:]
    for row in try JSON(parsing: text).array ?? [] {
      let values = (row.array ?? []).map { $0.string ?? $0.int.map(String.init) ?? "" }
      rows[values[0]] = Array(values.dropFirst())
    }
    return rows
  }
}
