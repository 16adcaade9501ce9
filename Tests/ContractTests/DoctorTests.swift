// doctor from outside: what it finds in a home that is well, and in homes that are not.

import Glibc
import Ledger
import Posix
import Support
import Testing
import Wire

@Suite("Doctor") struct DoctorTests {
  private func doctor(
    _ home: CommandHome, adding variables: [String: String] = [:], json: Bool = true
  ) throws -> (result: BinaryResult, lines: [JSON]) {
    let result = try Binary.ledger.run(
      (json ? ["--json"] : []) + ["doctor"],
      environment: home.environment.merging(variables) { $1 })
    let lines = json ? try result.lines.map { try JSON(parsing: $0) } : []
    for line in lines { try Schemas.expect(line, fits: "doctor") }
    return (result, lines)
  }

  private func levels(_ lines: [JSON], _ check: String) -> [String] {
    lines.filter { $0["check"]?.string == check }.compactMap { $0["level"]?.string }
  }

  @Test("a home that is well: every thing is looked at, and the exit code is 0")
  func well() throws {
    let home = try CommandHome()
    _ = try home.ledger("grant", "acme", "5")
    let (result, lines) = try doctor(home)
    #expect(result.status == 0, "\(result)")
    let checks = Set(lines.compactMap { $0["check"]?.string })
    #expect(
      checks == [
        "home", "head", "views", "readers", "disk", "clock", "poller", "polls", "submissions",
        "hooks", "store", "public_url", "checkpoints", "profiles", "webhook_keys",
      ])
    #expect(lines.last?["doctor"] == "ok" && lines.last?["bad"] == 0 && lines.last?["head"] == 3)
    let screen = try doctor(home, json: false).result
    #expect(screen.output.contains("head 3"))
    for line in screen.lines { #expect(line.count <= 80, "\(line)") }
  }

  @Test("jobs without a poller and without a token are bad, each with its mend")
  func neglected() throws {
    let story = try Story()
    try story.everyState()
    let (result, lines) = try doctor(story.home)
    #expect(result.status == 1 && lines.last?["doctor"] == "findings")
    #expect(levels(lines, "poller") == ["bad"] && levels(lines, "tokens") == ["bad"])
    let mends = lines.compactMap { $0["do"]?.string }
    #expect(mends.contains("ledger poll") && mends.contains("export REPLICATE_API_TOKEN=..."))
  }

  @Test("tokens are named with the place they were found in, and never shown")
  func tokens() throws {
    let story = try Story()
    try story.dispatch("j1")
    let canary = "r8_canary_0123456789"
    let fromVariable = try doctor(story.home, adding: ["REPLICATE_API_TOKEN": canary])
    #expect(levels(fromVariable.lines, "tokens") == ["ok"])
    let secrets = story.home.path + "/secrets"
    try FileSystem.makeDirectories(secrets, mode: 0o700)
    try FileSystem.replace(secrets + "/replicate", with: Array(canary.utf8), mode: 0o600)
    let fromFile = try doctor(story.home)
    #expect(levels(fromFile.lines, "tokens") == ["ok"])
    #expect(fromFile.result.output.contains("secrets/replicate, mode 600"))
    try FileSystem.replace(secrets + "/replicate", with: Array(canary.utf8), mode: 0o644)
    let open = try doctor(story.home)
    #expect(levels(open.lines, "tokens") == ["bad"] && levels(open.lines, "home") == ["bad"])
    #expect(open.result.output.contains("chmod 600 \(secrets)/replicate"))
    for text in [fromVariable, fromFile, open].map({ $0.result.output + $0.result.error }) {
      #expect(!text.contains("canary"))
    }
  }

  @Test("a broken profile of the home's own is named with the command that says why")
  func profile() throws {
    let home = try CommandHome()
    _ = try home.ledger("init")
    try FileSystem.makeDirectories(home.path + "/providers")
    try FileSystem.replace(home.path + "/providers/mine.json", with: Array("{}".utf8))
    let (result, lines) = try doctor(home)
    #expect(result.status == 1 && levels(lines, "profiles") == ["bad"])
    #expect(
      lines.contains {
        $0["do"] == .string("ledger provider lint \(home.path)/providers/mine.json")
      })
  }

  @Test("pauses, a store that is gone and an address nobody can call are warned of")
  func rules() throws {
    let home = try CommandHome()
    _ = try home.ledger("pause", "--provider", "replicate", "--reason", "red")
    _ = try home.ledger("config", "set", "store", "file://\(home.directory)/outputs")
    _ = try home.ledger("config", "set", "public_url", "http://127.0.0.1:8484")
    #expect(levels(try doctor(home).lines, "store") == ["ok"])
    try FileSystem.removeTree(home.directory + "/outputs")
    let (result, lines) = try doctor(home)
    #expect(result.status == 1 && levels(lines, "store") == ["bad"])
    #expect(levels(lines, "submissions") == ["warn"] && levels(lines, "public_url") == ["warn"])
    #expect(lines.contains { $0["do"] == "ledger unpause --provider replicate" })
  }

  @Test(
    "a damaged home is a finding, whatever it does to its reader",
    arguments: ["cut", "zeros", "no HEAD", "no views", "config"])
  func damage(_ kind: String) throws {
    let story = try Story()
    try story.everyState()
    let home = story.home
    let log = home.path + "/log/data.mdb"
    switch kind {
    case "cut": try File(log, O_RDWR).truncate(to: 8192)
    case "zeros":
      let size = try #require(try FileSystem.status(log)?.size)
      try File(log, O_RDWR).write([UInt8](repeating: 0, count: Int(size) - 8192), at: 8192)
    case "no HEAD": try FileSystem.remove(home.path + "/HEAD")
    case "no views": try FileSystem.removeTree(home.path + "/views")
    default: try FileSystem.replace(home.path + "/config.json", with: Array("{".utf8))
    }
    let (result, lines) = try doctor(home)
    #expect([0, 1].contains(result.status) && lines.last?["doctor"] != nil, "\(result)")
    switch kind {
    case "no views": #expect(levels(lines, "views") == ["warn"])
    case "config": #expect(levels(lines, "configuration") == ["bad"])
    case "no HEAD": #expect(levels(lines, "head") == ["bad"])
    default:
      #expect(levels(lines, "log").contains("bad"), "\(lines)")
      #expect(lines.contains { $0["do"] == "ledger verify" })
    }
  }
}
