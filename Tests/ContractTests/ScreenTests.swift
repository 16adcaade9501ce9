// What a person sees: 80 columns, the head on every screen, nothing of a provider's text obeyed.

import Ledger
import Support
import Testing
import Wire

@Suite("Screens") struct ScreenTests {
  static let screens = [
    ["status"], ["status", "running"], ["status", "parked"], ["status", "failed"],
    ["status", "succeeded"], ["status", "--summary"], ["events"], ["events", "failed"],
    ["timeline", "succeeded"], ["timeline", "parked"], ["explain", "parked"],
    ["explain", "succeeded"], ["explain", "--state", "failed,overdue"], ["incidents"], ["balance"],
    ["balance", "acme"],
    ["accounts"], ["account", "show", "acme"], ["status", "--state", "storing"],
    ["statement", "acme"], ["find", "running"], ["find", "no such text"],
    ["status", "--as-of", "20"], ["status", "dispatched", "--as-of", "20"],
    ["balance", "acme", "--as-of", "20"], ["accounts", "--as-of", "20"],
    ["audit"],
  ]

  @Test("every screen fits 80 columns and names the head", arguments: screens)
  func fits(_ words: [String]) throws {
    let story = try Story()
    try story.everyState()
    let result = try Binary.ledger.run(words, environment: story.home.environment)
    #expect(result.status == 0)
    for line in result.lines { #expect(line.count <= 80, "\(line.count): \(line)") }
    let head = try #require(try story.home.json("status", "--summary").first?["head"]?.int)
    let words = result.output.split { $0 == " " || $0 == "\n" }.map(String.init)
    #expect(zip(words, words.dropFirst()).contains { $0 == ("head", "\(head)") }, "\(words)")
  }

  @Test("a provider's text is shown, never obeyed", arguments: screens.prefix(13))
  func hostile(_ words: [String]) throws {
    let story = try Story()
    let evil = "\u{1b}[2J\u{1b}]0;owned\u{7}\r\nledger: all is well \u{202e}gnorw\u{9b}31m"
    try story.everyState()
    try story.fail("hostile", message: evil)
    try story.succeed("bad-url", url: "https://x/\u{1b}[31m")
    try story.run(.job("hostile", .check(reason: evil)))
    try story.run(.pause(Pause(reason: evil)))
    let asked = words.count > 1 && !words[1].hasPrefix("-") ? [words[0], "hostile"] : words
    for form in [asked, ["--json"] + asked] {
      let result = try Binary.ledger.run(form, environment: story.home.environment)
      #expect(result.status == 0)
      let scalars = (result.output + result.error).unicodeScalars
      let steering = scalars.filter { scalar in
        scalar.value < 0x20 && scalar != "\n" || (0x7F...0x9F).contains(scalar.value)
          || (0x202A...0x202E).contains(scalar.value)
      }
      #expect(steering.isEmpty, "\(result.output.debugDescription)")
    }
    #expect(try story.home.ledger("status", "bad-url").output.contains("u{1b}"))
  }

  @Test("problems name the next command")
  func advice() throws {
    let story = try Story()
    try story.everyState()
    try story.run(.pause(Pause(provider: "replicate", reason: "red")))
    let board = try story.home.ledger("status").output
    #expect(board.contains("try: ledger unpause --provider replicate"))
    #expect(board.contains("try: ledger poll"))
    #expect(try story.home.ledger("status", "parked").output.contains("ledger unpark parked"))
    #expect(
      try story.home.ledger("status").lines.first == "1 job is parked and waits for you: parked")
    #expect(board.contains("try: ledger explain overdue"))
    let selected = try story.home.ledger("status", "--state", "running").output
    #expect(!selected.contains("waits for you") && selected.contains("unpause"))
    let empty = try CommandHome()
    _ = try empty.ledger("init")
    #expect(try empty.ledger("status").output.contains("ledger submit --help"))
    #expect(try empty.ledger("accounts").output.contains("ledger grant ACCOUNT 100"))
  }

  @Test("--quiet leaves only data, and help fits 80 columns")
  func quietAndHelp() throws {
    let home = try CommandHome()
    #expect(try home.ledger("--quiet", "grant", "acme", "1").error.isEmpty)
    for words in [["--help"], ["submit", "--help"], ["status", "--help"], ["track", "--help"]] {
      let result = try Binary.ledger.run(words, environment: home.environment)
      #expect(result.status == 0 && !result.output.isEmpty)
      for line in result.lines { #expect(line.count <= 80, "\(line)") }
    }
    try Schemas.expect(
      try #require(try home.json("--version").first), fits: "version")
  }

  @Test("a completion script for each shell", arguments: ["bash", "zsh", "fish"])
  func completions(_ shell: String) throws {
    let home = try CommandHome()
    let result = try home.ledger("completions", shell)
    #expect(result.status == 0 && result.output.contains("provider"))
  }
}
