// Every incident that has a name, played as a user would: the commands that the simulator tells,
// typed one after the other, with the built programs.

import Glibc
import Posix
import Support
import Testing
import Wire

/// A simulator that plays one incident, and the books it tells to use.
private final class IncidentWorld {
  private let running: RunningBinary
  private let address: String
  let incident: JSON
  private let environment: [String: String]

  init(_ code: String) throws {
    running = try Binary.ledgerd.start(
      ["--json", "simulate", "--incident", code], environment: ["PATH": "/usr/bin:/bin"])
    try #require(running.waitForOutput { $0.contains("\n") })
    let line = running.outputSoFar.prefix { $0 != "\n" }
    address = try #require(try JSON(parsing: String(line))["listening"]?.string)
    incident = try IncidentWorld.get(address + "/_simulator/incident")
    var environment = ["PATH": "/usr/bin:/bin", "USER": "tester"]
    for variable in incident["environment"]?.object?.members ?? [] {
      environment[variable.name] = variable.value.string
    }
    self.environment = environment
  }

  deinit {
    guard let home = environment["LEDGER_HOME"], let directory = FileSystem.parent(of: home),
      directory.contains("ledger-incident-")
    else { return }
    try? FileSystem.removeTree(directory)
  }

  private static func get(_ url: String) throws -> JSON {
    let result = try RunningBinary(
      "curl", ["-sSf", url], environment: ["PATH": "/usr/bin:/bin"], input: ""
    ).wait()
    try #require(result.status == 0, "\(result)")
    return try JSON(parsing: result.output)
  }

  /// What an app or a browser says over HTTP.
  private func send(_ request: JSON, to server: String) throws {
    let path = try #require(request["path"]?.string)
    let result = try RunningBinary(
      "curl",
      [
        "-sSf", "-X", request["method"]?.string ?? "GET", "-H", "Content-Type: application/json",
        "-d", request["body"]?.text ?? "{}", server + path,
      ], environment: ["PATH": "/usr/bin:/bin"], input: ""
    ).wait()
    #expect(result.status == 0, "\(request.text): \(result)")
  }

  /// The books over HTTP for as long as `body` needs them.
  private func serving(_ body: (String) throws -> Void) throws {
    let server = try Binary.ledgerd.start(
      ["--json", "serve", "--listen", "127.0.0.1:0"], environment: environment)
    defer {
      server.signal(15)
      _ = server.wait()
    }
    try #require(server.waitForOutput { $0.contains("\n") })
    let line = server.outputSoFar.prefix { $0 != "\n" }
    let address = try #require(try JSON(parsing: String(line))["address"]?.string)
    try body(String(address.dropLast()))
  }

  /// Types the steps in order. A command that does not exist yet is left out.
  func type(_ steps: JSON?) throws {
    for step in try #require(steps?.array) {
      guard var words = step["run"]?.array?.compactMap(\.string), let first = words.first else {
        let request = try #require(step["http"], "\(step.text)")
        try serving { try send(request, to: $0) }
        continue
      }
      if let command = step["needs"]?.string, try ledger(command, "--help").status != 0 { continue }
      words.removeFirst()
      let path = first == "ledger" ? Binary.ledger.path : first
      let result = try RunningBinary(path, words, environment: environment, input: "").wait()
      #expect(Int(result.status) == step["exit"]?.int, "\(step.text): \(result)")
    }
  }

  func ledger(_ words: String...) throws -> BinaryResult {
    try Binary.ledger.run(words, environment: environment)
  }

  func json(_ words: String...) throws -> [JSON] {
    try Binary.ledger.run(["--json"] + words, environment: environment).lines
      .map { try JSON(parsing: $0) }
  }

  /// A step of the play needs a command that is not there: the incident happened only in part.
  func isWhole() throws -> Bool {
    try (incident["play"]?.array ?? []).compactMap { $0["needs"]?.string }
      .allSatisfy { try ledger($0, "--help").status == 0 }
  }

  /// `explain` names exactly the incident, with its proof and what to do; so does the list of all.
  func diagnose(location: SourceLocation = #_sourceLocation) throws {
    let expected = try #require(incident["expect"])
    let codes = expected["diagnoses"]?.array ?? []
    try serving { server in
      var found: [JSON]
      if let job = expected["job"]?.string {
        let status = try #require(try json("status", job).first)
        #expect(status["diagnoses"]?.array == codes, "\(status.text)", sourceLocation: location)
        let story = try IncidentWorld.get(server + "/v1/jobs/\(job)/explain")
        found = story["diagnoses"]?.array ?? []
        #expect(story["do"] == found.first?["do"], "\(story.text)", sourceLocation: location)
        for name in ["saw", "happened", "money"] {
          #expect(story[name]?.string?.hasSuffix(".") == true, sourceLocation: location)
        }
      } else {
        found = try IncidentWorld.get(server + "/v1/incidents")["incidents"]?.array ?? []
      }
      #expect(found.compactMap { $0["code"] } == codes, "\(found)", sourceLocation: location)
      try compare(found.first, expected, location)
      let all = try IncidentWorld.get(server + "/v1/incidents")["incidents"]?.array ?? []
      let mine = all.filter { $0["job"] == expected["job"] }.compactMap { $0["code"] }
      #expect(mine == codes, "\(all)", sourceLocation: location)
    }
  }

  private func compare(
    _ diagnosis: JSON?, _ expected: JSON, _ location: SourceLocation
  ) throws {
    let types = Dictionary(
      try json("events").map { ($0["position"]?.int, $0["type"]?.string) }
    ) { $1 }
    let evidence = (diagnosis?["evidence"]?.array ?? []).map { types[$0.int] ?? nil }
    #expect(
      evidence == expected["evidence"]?.array?.map(\.string), "\(diagnosis?.text ?? "none")",
      sourceLocation: location)
    let next = diagnosis?["do"]?.string
    if let start = expected["do"]?.string {
      #expect(next?.hasPrefix(start) == true, "\(next ?? "nothing")", sourceLocation: location)
    } else {
      #expect(next == nil, sourceLocation: location)
    }
  }

  /// What the books say is what the incident expects of them.
  func compare(_ expected: JSON?, location: SourceLocation = #_sourceLocation) throws {
    let expected = try #require(expected)
    if let job = expected["job"]?.string {
      let status = try #require(try json("status", job).first)
      for name in ["state", "held", "captured", "released"] {
        #expect(
          status[name] == expected[name], "\(name): \(status.text)", sourceLocation: location)
      }
    }
    let types = Set(try json("events").compactMap { $0["type"]?.string })
    for type in expected["events"]?.array ?? [] {
      #expect(types.contains(type.string ?? ""), "\(types)", sourceLocation: location)
    }
  }

  /// What the provider was to do wrong it did: else the incident did not happen.
  func expectFaults() throws {
    let struck = try IncidentWorld.get(address + "/_simulator/stats")["faults"]
    for name in try #require(incident["faults"]?.array).compactMap(\.string) {
      #expect(struck?[name]?.int ?? 0 > 0, "\(name): \(struck?.text ?? "")")
    }
  }

  /// No job is forgotten, the money adds up, every byte is what it was, and nothing was sent twice.
  func judge(location: SourceLocation = #_sourceLocation) throws {
    for job in try json("status") {
      let state = job["state"]?.string ?? ""
      let isWatched = job["next_poll_at"]?.string != nil
      let hasEnded = ["succeeded", "failed", "canceled", "expired"].contains(state)
      #expect(
        hasEnded || isWatched || state == "parked", "\(job.text)", sourceLocation: location)
    }
    for check in ["audit", "verify"] {
      let result = try ledger(check)
      #expect(result.status == 0, "\(result)", sourceLocation: location)
    }
    let stats = try IncidentWorld.get(address + "/_simulator/stats")
    #expect(stats["submitted_twice"] == .array([]), "\(stats.text)", sourceLocation: location)
  }

  func end() { running.signal(15) }
}

@Suite("Incidents, end to end") struct IncidentTests {
  static func codes() throws -> [String] {
    let list = try Binary.ledgerd.run(
      ["--json", "simulate", "--incident", "list"], environment: ["PATH": "/usr/bin:/bin"])
    return try list.lines.compactMap { try JSON(parsing: $0)["code"]?.string }
  }

  @Test("happens as told, loses no job and no credit, and ends well", arguments: try codes())
  func played(_ code: String) throws {
    let world = try IncidentWorld(code)
    defer { world.end() }
    try world.type(world.incident["play"])
    try world.compare(world.incident["expect"])
    try world.expectFaults()
    try world.judge()
    if try world.isWhole() { try world.diagnose() }
    guard let afterwards = world.incident["afterwards"], !afterwards.isNull else { return }
    try world.type(world.incident["mend"])
    try world.compare(afterwards)
    try world.judge()
  }

  @Test("an unknown code is refused with the nearest one")
  func unknown() throws {
    let result = try Binary.ledgerd.run(
      ["simulate", "--incident", "NEVER_POLED"], environment: ["PATH": "/usr/bin:/bin"])
    #expect(result.status == 64)
    #expect(result.error.contains("try: ledger simulate --incident NEVER_POLLED"), "\(result)")
  }
}
