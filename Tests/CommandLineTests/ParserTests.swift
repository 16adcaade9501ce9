// Right and wrong command lines, and what each means.

import CommandLine
import Testing
import Wire

@Suite("Reading command lines")
struct ParserTests {
  @Test(
    "a right command line is accepted",
    arguments: [
      ["grant", "acme", "100"],
      ["--home", "/tmp/x", "grant", "acme", "0.000001", "--json"],
      ["--home=/tmp/x", "--json", "status", "--quiet", "job-1"],
      ["adjust", "acme", "-5", "--reason=--really"],
      ["adjust", "acme", "--reason", "why", "--", "-5"],
      ["adjust", "acme", "-0.5", "--reason", "-"],
      ["submit", "--provider", "fal", "--account", "a@b/c", "--hold", "0", "--input", "{}"],
      ["provider", "try", "fal", "--phase", "status", "--reply", "r.json"],
      ["provider", "--json", "try", "fal", "--phase=status", "--reply=r.json"],
      ["provider", "lint", "a", "b", "c"], ["provider", "lint"],
      ["cancel", "--account", "acme", "--yes"], ["cancel", "job-1"],
      ["audit", "--invoice", "f.csv", "--provider", "fal"],
      ["track", "--provider", "fal", "--status-url", "https://x.example/1", "--step", "2/2"],
      ["status", "--meta", "a=1", "--meta", "a=2", "--since", "2026-11-21"],
      ["account", "set", "acme", "--limit", "10"],
      ["--", "status"],
    ])
  func accepted(_ words: [String]) throws {
    guard case .run = try Sample.parser.parse(words) else {
      Issue.record("not understood as a command")
      return
    }
  }

  @Test(
    "a wrong command line says what is wrong and what to type",
    arguments: [
      (["gramt"], #"unknown command "gramt"; did you mean "grant"?"#, "ledger grant --help"),
      (["zzz"], #"unknown command "zzz""#, "ledger --help"),
      (
        ["provider", "lnit"], #"unknown command "provider lnit"; did you mean "provider lint"?"#,
        "ledger provider lint --help"
      ),
      (
        ["lint", "x"], #"unknown command "lint"; did you mean "provider lint"?"#,
        "ledger provider lint --help"
      ),
      (["provider try", "fal"], #"unknown command "provider try""#, nil),
      (["grant"], "ACCOUNT is missing: who gets them", "ledger grant --help"),
      (["grant", "acme"], "CREDITS is missing: how many", "ledger grant --help"),
      (
        ["grant", "acme", "-5"], #"CREDITS expects credits, zero or more"#,
        "ledger grant ... 27.5"
      ),
      (["grant", "a", "1", "2"], #""2" is one operand too many"#, "ledger grant --help"),
      (["grant", "a", "1.0000001"], "not \"1.0000001\"", nil),
      (["grant", "a", "9223372036855"], "CREDITS expects credits", nil),
      (
        ["grant", "a", "1", "--priorty", "5"],
        #"unknown option "--priorty" for "grant"; did you mean --priority?"#, "ledger grant --help"
      ),
      (["grant", "a", "1", "--key", "k", "--key=l"], "--key is given twice", nil),
      (["grant", "a", "1", "--key"], "--key K has no value", "--key job-42"),
      (["grant", "a", "1", "--key", "--json"], "--key K has no value", nil),
      (["grant", "a", "1", "--priority", "1001"], "an integer from 0 to 1000, not \"1001\"", nil),
      (["grant", "a", "1", "--priority", "+1"], "an integer from 0 to 1000", nil),
      (["grant", "a", "1", "-x"], #"unknown option "-x" for "grant""#, nil),
      (["--account", "a", "status"], #"unknown option "--account" before the command"#, nil),
      (["--json=yes", "status"], "--json takes no value", nil),
      (["resolve", "j", "--reason", "r"], "--as is missing: The verdict", nil),
      (
        ["resolve", "j", "--reason", "r", "--as", "won"],
        #"--as expects succeeded or failed, not "won""#, "--as succeeded"
      ),
      (["track", "--provider", "p"], "--external-id or --status-url is needed", nil),
      (
        ["track", "--provider", "p", "--external-id", "x", "--status-url", "http://a/b"],
        "--external-id and --status-url cannot be given together", nil
      ),
      (["audit", "--invoice", "f"], "--invoice needs --provider too", nil),
      (["cancel", "--yes"], "JOB or --account or --provider", nil),
      (["cancel", "j", "--yes", "--dry-run"], "--dry-run and --yes cannot be given together", nil),
      (["status", "--since", "yesterday"], "--since expects an RFC 3339 time", "--since 7d"),
      (["status", "--meta", "=1"], "--meta expects KEY=VALUE", "--meta user=42"),
      (["status", ""], "JOB expects 1 to 128 of", nil),
      (["completions", "powershell"], "SHELL expects bash or zsh or fish", nil),
    ] as [([String], String, String?)])
  func refused(_ words: [String], _ message: String, _ next: String?) throws {
    let failure = try #require(Sample.refusal(words))
    #expect(failure.exitCode == .usage)
    #expect(failure.code == "usage")
    #expect(failure.message.contains(message), "\(failure.message)")
    if let next { #expect(failure.next == next) }
  }

  @Test("a wrong URL or JSON value is not repeated, for it may hold a secret")
  func secretsAreNotEchoed() throws {
    let url = ["track", "--provider", "p", "--status-url", "ftp://user:canary@host"]
    let json = [
      "submit", "--provider", "p", "--account", "a", "--hold", "1", "--input", "{canary",
    ]
    for words in [url, json] {
      #expect(try #require(Sample.refusal(words)).message.contains("canary") == false)
    }
  }

  @Test("a hostile word is escaped and cut in the message")
  func hostileWords() throws {
    let word = "\u{1b}]0;x\u{7}" + String(repeating: "y", count: 100_000)
    let failure = try #require(Sample.refusal([word]))
    #expect(failure.message.contains(#"\u{1b}]0;x\u{7}"#))
    #expect(failure.message.utf8.count < 120)
  }

  @Test("typed values come back as values")
  func typedValues() throws {
    let submit = try Sample.arguments(
      "submit", "--provider", "fal", "--account", "acme", "--hold", "27", "--input", #"{"n":1}"#,
      "--meta", "a=1", "--meta", "b==2", "--patience", "250ms", "--attach", "/a~1b=c=d", "--wait",
      "--by", "eve")
    #expect(submit.required("provider") == "fal")
    #expect(submit.string("by") == "eve")
    #expect(submit.flag("wait") && !submit.flag("json"))
    #expect(submit.json("input")?["n"]?.int == 1)
    #expect(submit.pairs("meta").map(\.key) == ["a", "b"])
    #expect(submit.pairs("meta").map(\.value) == ["1", "=2"])
    #expect(submit.duration("patience") == .milliseconds(250))
    #expect(submit.attachments("attach").first?.pointer.tokens == ["a/b"])
    #expect(submit.attachments("attach").first?.path == "c=d")
    #expect(submit.string("input-file") == nil)
    let track = try Sample.arguments(
      "track", "--provider", "p", "--external-id", "x", "--step", "2/3")
    #expect(try #require(track.step("step")) == (2, 3))
  }

  @Test("a duration counts back for --since and forward for --expires")
  func times() throws {
    let now = try #require(Timestamp("2026-11-21T12:00:00Z"))
    let status = try Sample.arguments("status", "--since", "12h", "--until", "2026-11-20")
    #expect(status.time("since", now: now) == Timestamp("2026-11-21"))
    #expect(status.time("until", now: now) == Timestamp("2026-11-20"))
    let grant = try Sample.arguments("grant", "acme", "1", "--expires", "12h")
    #expect(grant.time("expires", now: now) == Timestamp("2026-11-22"))
  }

  @Test("--as-of is a position when it is digits alone, else a time")
  func positionOrTime() throws {
    let now = try #require(Timestamp("2026-11-21T12:00:00Z"))
    func read(_ text: String) throws -> PositionOrTime? {
      try Sample.arguments("status", "--as-of", text).positionOrTime("as-of", now: now)
    }
    #expect(try read("1200") == .position(1200))
    #expect(try read("0") == .position(0))
    #expect(try read("2026-11-21") == Timestamp("2026-11-21").map(PositionOrTime.time))
    #expect(try read("12h") == Timestamp("2026-11-21").map(PositionOrTime.time))
  }

  @Test("a default is a value, but was not given")
  func defaults() throws {
    let grant = try Sample.arguments("grant", "acme", "1")
    #expect(grant.integer("priority") == 100)
    #expect(!grant.isGiven("priority"))
    #expect(try Sample.arguments("grant", "acme", "1", "--priority", "7").isGiven("priority"))
  }

  @Test("asking for an option that is not declared, or as another kind, traps")
  func undeclared() async {
    await #expect(processExitsWith: .failure) {
      _ = try Sample.arguments("grant", "acme", "1").string("hold")
    }
    await #expect(processExitsWith: .failure) {
      _ = try Sample.arguments("grant", "acme", "1").integer("reason")
    }
  }

  @Test(
    "help is recognised wherever it is asked for, even on a line that is not right yet",
    arguments: [
      (["--help"], HelpTopic.program), (["-h"], .program), (["help"], .program),
      (["grant", "--help"], .command(Sample.grant)), (["grant", "-h"], .command(Sample.grant)),
      (["help", "grant"], .command(Sample.grant)), (["--help", "grant"], .command(Sample.grant)),
      (["grant", "--nonsense", "--help"], .command(Sample.grant)),
      (["provider", "--help"], .family("provider")), (["help", "provider"], .family("provider")),
      (["help", "provider", "try"], .command(Sample.providerTry)),
    ])
  func help(_ words: [String], _ topic: HelpTopic) throws {
    guard case .help(topic, asked: true) = try Sample.parser.parse(words) else {
      Issue.record("no help for \(words)")
      return
    }
  }

  @Test("a line without a command is answered with help that nobody asked for")
  func incomplete() throws {
    for words in [[], ["--json"], ["provider"], ["provider", "--json"]] {
      guard case .help(_, asked: false) = try Sample.parser.parse(words) else {
        Issue.record("\(words)")
        continue
      }
    }
  }

  @Test("5,000 random lines are understood or refused as usage, never worse")
  func randomLines() {
    let seed = UInt64.random(in: 0 ... .max)
    print("seed of the random command lines: \(seed)")
    var random = SplitMix(state: seed)
    let options = (Sample.commands.flatMap(\.options) + Option.global).map { "--\($0.name)" }
    let vocabulary =
      options + Sample.commands.flatMap { $0.path.map(String.init) } + [
        "", "-", "--", "---", "-5", "-h", "=", "--=", "--=x", "--home=", "--meta=a=b", "é",
        "\u{1b}[",
        "\0", "1", "27.5", "7d", "acme", "a/b", "{}", "{", "/x=y", "2/2", "99999999999999999999",
        "2026-11-21", "https://h", "succeeded", "bash", "\u{202e}",
        String(repeating: "9", count: 300),
      ]
    var accepted = 0
    for _ in 0..<5000 {
      let words = (0..<Int.random(in: 0...9, using: &random)).map { _ in
        let word = vocabulary.randomElement(using: &random) ?? ""
        let other = vocabulary.randomElement(using: &random) ?? ""
        return Int.random(in: 0..<8, using: &random) == 0 ? word + "=" + other : word
      }
      do {
        _ = try Sample.parser.parse(words)
        accepted += 1
      } catch {
        #expect(error.exitCode == .usage, "\(words)")
        let lines = error.lines(program: "ledger")
        #expect((1...3).contains(lines.count), "\(words)")
      }
    }
    #expect(accepted > 0 && accepted < 5000)
  }

  @Test("only the declaration that the line names is made")
  func lazy() throws {
    let parser = Parser(program: "ledger", names: ["grant", "status"]) { index in
      if index != 1 { Issue.record("declaration \(index) was not needed") }
      return Sample.status
    }
    guard case .run(let arguments) = try parser.parse(["status", "job-1"]) else {
      Issue.record("not understood as a command")
      return
    }
    #expect(arguments.required("JOB") == "job-1")
  }

  @Test("ten thousand words are read, one more is refused")
  func bounded() throws {
    let words = ["provider", "lint"] + Array(repeating: "f", count: Parser.wordsMax - 2)
    #expect(Sample.refusal(words) == nil)
    #expect(Sample.refusal(words + ["f"])?.message == "more than 10000 words")
  }
}

/// Sebastiano Vigna's SplitMix64: a generator whose whole state is its seed.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
