// Words of providers, customers and operators in every place that keeps some, on every screen and
// in every file for a spreadsheet: shown, never obeyed.

import Foundation
import Ledger
import Support
import Testing
import Wire

@Suite("Hostile text") struct HostileTextTests {
  /// Clears the screen, sets its title, turns the writing direction, ends the line, is a formula.
  static let evil = "=cmd|'/C x'!A1\u{1b}[2J\u{1b}]0;owned\u{7}\r\n\u{202e}\u{9b}31m\u{7f}\u{2066}x"

  /// A job that failed, one that succeeded, one parked and one forgotten by everybody, each with
  /// the text wherever it may stand.
  private static func story() throws -> Story {
    let story = try Story()
    try story.run(.grant(Grant(account: "acme", amount: Credits("9")!, reason: evil)))
    for id in ["bad", "good", "lost"] {
      try story.run(
        .submit(
          Submission(
            id: id, account: "acme", provider: "replicate", model: "owner/\(evil)",
            hold: Credits("1")!, input: ["prompt": .string(evil)],
            meta: JSONObject([.init("note", .string(evil))]))))
      try story.run(.job(id, .startDispatch(DispatchStart(nextAt: story.soon(60)))))
    }
    for id in ["bad", "good"] {
      let handle = FoundHandle(externalID: "x-\(id)\(evil)")
      let exchange = Exchange(
        httpStatus: 201, latencyMilliseconds: 1, reply: Array(evil.utf8), message: evil)
      try story.run(
        .job(
          id,
          .accept(
            Acceptance(via: .submit, handle: handle, exchange: exchange, nextAt: story.soon(2)))))
      try story.observe(id, .pending) {
        $0.stage = evil
        $0.word = evil
        $0.exchange.message = evil
      }
    }
    try story.observe("bad", .failed) {
      $0.failureClass = .providerFailed
      $0.word = evil
      $0.exchange.message = evil
      $0.exchange.reply = Array("{\"error\":\"\(evil)\"}".utf8)
    }
    try story.observe("good", .succeeded) {
      $0.word = evil
      $0.outputs = [.init(url: "https://x.example/\(evil)", mediaType: "video/\(evil)")]
    }
    try story.run(.refund(Refund(job: "good", reason: evil)))
    let doubt = Doubt(
      fault: .timeout, exchange: Exchange(fault: .timeout, message: evil), reconcileAt: nil,
      advice: evil)
    try story.run(.job("lost", .doubt(doubt)))
    try story.run(.job("lost", .report(ClientReport(kind: "seen", words: ["said": .string(evil)]))))
    try story.run(.adjust(Adjustment(account: "acme", amount: Credits("1")!, reason: evil)))
    try story.run(.pause(Pause(provider: "replicate", reason: evil)))
    return story
  }

  static let screens: [[String]] =
    ["bad", "good", "lost"].flatMap {
      [["status", $0], ["timeline", $0], ["explain", $0], ["events", $0]]
    }
    + [
      ["status"], ["status", "--summary"], ["events"], ["incidents"],
      ["explain", "--account", "acme"],
      ["find", "owned"], ["balance"], ["statement", "acme"], ["accounts"],
      ["account", "show", "acme"],
      ["audit"], ["verify"], ["doctor"], ["config", "list"], ["hook", "list"], ["token", "list"],
      ["replay", "--check"], ["export"], ["export", "--format", "hledger"],
      ["export", "--format", "beancount"], ["status", "--as-of", "12"],
      ["status", "bad", "--as-of", "12"],
    ]

  private static func steering(_ text: String) -> [Unicode.Scalar] {
    text.unicodeScalars.filter { scalar in
      scalar.value < 0x20 && scalar != "\n" || (0x7F...0x9F).contains(scalar.value)
        || (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
    }
  }

  @Test("no screen, and no JSON, carries a sign that a terminal obeys", arguments: [0, 1])
  func screens(_ form: Int) throws {
    let story = try Self.story()
    var shown = 0
    let help = try story.home.ledger("--help").output
    for words in Self.screens where help.contains("  \(words[0])") {
      let asked = form == 0 ? words : ["--json"] + words
      let result = try Binary.ledger.run(asked, environment: story.home.environment)
      #expect([0, 1].contains(result.status), "\(asked): \(result.error)")
      #expect(Self.steering(result.output + result.error) == [], "\(asked)")
      // Nobody's text begins a line of ours.
      if form == 0 { #expect(!result.lines.contains { $0.hasPrefix("31m") }, "\(asked)") }
      if (result.output + result.error).contains("owned") { shown += 1 }
    }
    #expect(shown >= 8, "the text is shown where it belongs")
  }

  @Test(
    "an operand that is hostile itself is shown escaped, and refused",
    arguments: [
      ["status"], ["timeline"], ["explain"], ["check"], ["cancel"], ["balance"], ["statement"],
      ["account", "show"], ["provider", "show"], ["provider", "lint"], ["import"], ["restore"],
      ["hook", "remove"], ["token", "revoke"], ["webhook", "ingest", "--provider"],
      ["config", "get"],
      ["events", "--type"], ["export", "--format"], ["--home"],
    ])
  func operands(_ words: [String]) throws {
    let home = try CommandHome()
    _ = try home.ledger("init")
    for form in [words, ["--json"] + words] {
      let result = try Binary.ledger.run(form + [Self.evil], environment: home.environment)
      #expect(result.status != 0 && result.status < 128, "\(words): \(result)")
      #expect(Self.steering(result.output + result.error) == [], "\(words)")
    }
  }

  @Test(
    "a profile's or a file's name does not lead out of the home",
    arguments: ["../x", "/etc/passwd", "..", "a/../../x", ".", "~", "a\\b"])
  func paths(_ name: String) throws {
    let home = try CommandHome()
    _ = try home.ledger("grant", "acme", "5")
    let outside = try home.file("x.json", #"{"profile":1,"name":"x"}"#)
    for words in [
      ["provider", "show", name],
      ["submit", "--provider", name, "--account", "acme", "--hold", "1", "--input", "{}"],
      ["webhook", "ingest", "--provider", name, "--headers", outside, "--body", outside],
      ["provider", "try", name, "--phase", "status", "--reply", outside],
      ["hook", "add", name, "https://a.example/"], ["token", "create", name],
      ["pause", "--provider", name, "--reason", "x"],
    ] {
      let result = try Binary.ledger.run(words, environment: home.environment)
      // A pause of a name that fits nothing pauses nothing; tokens and hooks are names of our own.
      guard !["pause", "hook", "token"].contains(words[0]) else { continue }
      #expect(result.status != 0, "\(words): \(result)")
    }
    let kept = FileManager.default.enumerator(atPath: home.directory)?.compactMap { $0 as? String }
    let secrets = (kept ?? []).filter { $0.hasPrefix("books/secrets/") }
    #expect(secrets.allSatisfy { $0.hasPrefix("books/secrets/hook-") })
    #expect((kept ?? []).filter { !$0.hasPrefix("books") } == ["x.json"])
  }

  @Test("no cell of a spreadsheet begins as a formula does")
  func cells() throws {
    let story = try Self.story()
    let home = story.home
    #expect(try home.ledger("--by", "=cmd", "grant", "@SUM", "5").status == 0)
    let text = try home.ledger("export", "--format", "csv").output
    var rows = 0
    var open: [UInt8] = []
    for line in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false) {
      open += Array(line)
      guard let fields = try CSVRow.fields(open.last == 0x0D ? Array(open.dropLast()) : open) else {
        open.append(0x0A)
        continue
      }
      open = []
      rows += 1
      for field in fields {
        let begins = field.utf8.first.map { Array("=+@\t\r".utf8).contains($0) } ?? false
        #expect(!begins, "\(field) in row \(rows)")
      }
    }
    #expect(rows > 10 && text.contains("'=cmd") && text.contains("'@SUM"))
  }
}
