// Each error that a new user meets: its exit code, its word, and a next step.

import Foundation
import Support
import Testing
import Wire

@Suite("Exit codes") struct ExitCodeTests {
  /// Runs a command that must be refused, in both forms.
  private func refusal(
    _ home: CommandHome, _ words: [String], _ status: Int32, _ code: String,
    next: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let human = try Binary.ledger.run(words, environment: home.environment)
    #expect(human.status == status, "\(human)", sourceLocation: sourceLocation)
    #expect(
      human.errorLines.contains { $0.hasPrefix("ledger: ") }, "\(human)",
      sourceLocation: sourceLocation)
    let json = try Binary.ledger.run(["--json"] + words, environment: home.environment)
    #expect(json.status == status && json.output.isEmpty, sourceLocation: sourceLocation)
    let line = try JSON(parsing: try #require(json.errorLines.last))
    try Schemas.expect(line, fits: "error", sourceLocation: sourceLocation)
    #expect(line["error"]?["code"]?.string == code, "\(line)", sourceLocation: sourceLocation)
    if let next {
      #expect(line["error"]?["next"]?.string == next, "\(line)", sourceLocation: sourceLocation)
      #expect(human.error.contains("try: \(next)"), sourceLocation: sourceLocation)
    }
  }

  private static let submit = [
    "submit", "--provider", "replicate", "--account", "acme", "--hold", "5", "--input", "{}",
  ]

  @Test(
    "a reading command without a home says how to make one",
    arguments: [
      ["status"], ["status", "j1"], ["status", "--summary"], ["events"], ["timeline", "j1"],
      ["balance"], ["balance", "acme"], ["accounts"], ["account", "show", "acme"], ["export"],
      ["audit"], ["explain", "j1"], ["incidents"], ["doctor"],
      ["cancel", "j1"], ["refund", "j1", "--reason", "r"],
      ["adjust", "acme", "1", "--reason", "r"],
      ["resolve", "j1", "--as", "failed", "--reason", "r"], ["statement", "acme"], ["find", "x"],
    ])
  func noHome(_ words: [String]) throws {
    let home = try CommandHome()
    try refusal(home, words, 78, "no_home", next: "ledger init")
    #expect(!FileManager.default.fileExists(atPath: home.path))
  }

  @Test("with --home the next step names the home too")
  func homeInNext() throws {
    let home = try CommandHome()
    let result = try home.ledger("--home", "/tmp/no such place", "status")
    #expect(result.error.contains("try: ledger --home '/tmp/no such place' init"), "\(result)")
  }

  @Test("a second init is a conflict")
  func secondInit() throws {
    let home = try CommandHome()
    #expect(try home.ledger("init").status == 0)
    try refusal(home, ["init"], 2, "conflict", next: "ledger status")
  }

  @Test("no such account, not enough credits, no such job")
  func money() throws {
    let home = try CommandHome()
    try refusal(home, ExitCodeTests.submit, 66, "not_found", next: "ledger grant acme 5")
    _ = try home.ledger("grant", "acme", "2")
    try refusal(
      home, ExitCodeTests.submit, 3, "insufficient_credits", next: "ledger grant acme 3")
    for words in ["status", "events", "timeline", "explain", "cancel"].map({ [$0, "j9"] }) {
      try refusal(home, words, 66, "not_found")
    }
    try refusal(home, ["balance", "nobody"], 66, "not_found", next: "ledger accounts")
  }

  @Test("an unknown provider is a wrong command line, with a suggestion")
  func provider() throws {
    let home = try CommandHome()
    let words = ExitCodeTests.submit.map { $0 == "replicate" ? "replicte" : $0 }
    try refusal(home, words, 64, "unknown_provider", next: "ledger provider list")
    let result = try Binary.ledger.run(words, environment: home.environment)
    #expect(result.error.contains("did you mean 'replicate'?"))
  }

  @Test(
    "a wrong command line is refused before anything is made",
    arguments: [
      ["submt"], ["submit"], ["grant", "acme"], ["grant", "acme", "ten"],
      ["grant", "acme", "-5"], ["grant", "acme", "0.0000001"], ["grant", "acme", "9000000000000"],
      ["grant", "a b", "5"], ["status", "--stat", "running"], ["status", "--state", "runing"],
      ["status", "--exit-status"], ["events", "--type", "job.poled"],
      ["track", "--provider", "replicate", "--account", "a", "--hold", "1"],
      [
        "track", "--provider", "replicate", "--external-id", "x", "--account", "a", "--hold", "1",
        "--charged", "1",
      ],
      ["track", "--provider", "replicate", "--external-id", "x", "--account", "a"],
      submit + ["--input-file", "x"], submit + ["--meta", "novalue"],
      submit + ["--meta", "a=1", "--meta", "a=2"], submit + ["--id", "has space"],
      submit + ["--patience", "0s"], ["pause"], ["status", "j1", "--account", "acme"],
      ["explain"], ["explain", "j1", "--account", "acme"], ["incidents", "--kind", "never_poled"],
    ])
  func usage(_ words: [String]) throws {
    let home = try CommandHome()
    try refusal(home, words, 64, "usage")
    #expect(!FileManager.default.fileExists(atPath: home.path))
  }

  @Test("input that is no JSON, too large or missing is refused")
  func input() throws {
    let home = try CommandHome()
    let words = Array(ExitCodeTests.submit.dropLast(2)) + ["--input-file"]
    try refusal(home, words + [try home.file("a.json", "{")], 64, "usage")
    let large = #"{"p":""# + String(repeating: "x", count: 256 << 10) + #""}"#
    try refusal(home, words + [try home.file("b.json", large)], 64, "usage")
    try refusal(home, words + [home.directory + "/none.json"], 64, "usage")
    try refusal(home, words + [home.directory], 64, "usage")
  }

  @Test("a taken id and a key used for another command are conflicts")
  func conflicts() throws {
    let home = try CommandHome()
    _ = try home.ledger("grant", "acme", "50", "--key", "k")
    try refusal(home, ["grant", "acme", "51", "--key", "k"], 2, "conflict")
    let words = ExitCodeTests.submit
    #expect(
      try Binary.ledger.run(words + ["--id", "j1"], environment: home.environment).status == 0)
    let other = Array(words.dropLast()) + [#"{"other":true}"#, "--id", "j1"]
    try refusal(home, other, 2, "conflict")
    let track = ["track", "--provider", "replicate", "--account", "acme", "--hold", "0"]
    let handle = track + ["--external-id", "x1"]
    #expect(
      try Binary.ledger.run(handle + ["--id", "t1"], environment: home.environment).status == 0)
    let result = try Binary.ledger.run(handle, environment: home.environment)
    #expect(result.status == 2 && result.error.contains("t1"), "the owner is named")
    try refusal(home, ["unpause"], 2, "conflict")
    try refusal(home, ["unpark", "j1"], 2, "conflict", next: "ledger status j1")
  }

  @Test("--exit-status says succeeded, ended otherwise, or still open")
  func exitStatus() throws {
    let story = try Story()
    try story.everyState()
    for (id, status) in [("succeeded", 0), ("failed", 1), ("parked", 75)] as [(String, Int32)] {
      #expect(try story.home.ledger("status", id, "--exit-status").status == status)
    }
  }

  @Test("a file where the home should be is not a directory")
  func notADirectory() throws {
    let home = try CommandHome()
    let file = try home.file("books", "no directory")
    #expect(file == home.path)
    for words in [["status"], ["init"], ["grant", "acme", "1"]] {
      try refusal(home, words, 78, "not_a_directory")
    }
  }

  @Test("a directory that may not be written is not allowed")
  func readOnly() throws {
    let home = try CommandHome()
    let manager = FileManager.default
    try manager.setAttributes([.posixPermissions: 0o555], ofItemAtPath: home.directory)
    defer { try? manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: home.directory) }
    // Root without its capabilities keeps to permissions like everybody (capabilities(7)).
    let launcher = getuid() == 0 ? ["setpriv", "--bounding-set", "-all", "--inh-caps", "-all"] : []
    let result = try Binary.ledger.run(
      ["--json", "init"], environment: home.environment, launcher: launcher)
    #expect(result.status == 77, "\(result)")
    #expect(result.error.contains(#""code":"denied""#), "\(result)")
  }

  @Test(
    "a damaged file is told as damage, also where it kills the reader",
    arguments: [100, 4096, 9000])
  func damaged(_ size: UInt64) throws {
    let story = try Story()
    try story.everyState()
    let home = story.home
    let file = try #require(FileHandle(forUpdatingAtPath: home.path + "/log/data.mdb"))
    try file.truncate(atOffset: size)
    let result = try home.ledger("--json", "events")
    #expect(result.status == 65, "\(result)")
    let line = try JSON(parsing: try #require(result.errorLines.last))
    try Schemas.expect(line, fits: "error")
    #expect(line["error"]?["code"] == "damaged" && line["error"]?["next"] == "ledger verify")
  }

  @Test("an account that looks like an e-mail address is warned of, and taken")
  func address() throws {
    let home = try CommandHome()
    let result = try home.ledger("--json", "grant", "eve@example.com", "1")
    #expect(result.status == 0)
    try Schemas.expect(try JSON(parsing: try #require(result.errorLines.first)), fits: "warning")
    #expect(try home.ledger("grant", "team/eve@acme", "1").error.contains("e-mail") == false)
  }
}
