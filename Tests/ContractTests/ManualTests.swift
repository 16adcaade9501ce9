// Manual pages and completions, judged by the programs that read them: mandoc, bash, zsh, fish.

import Foundation
import Support
import Testing

@Suite("Manuals and completions") struct ManualTests {
  private static let sources = Schemas.folder.deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Sources")

  private static func program(_ name: String) -> String? {
    ["/usr/bin/", "/bin/", "/usr/local/bin/"].map { $0 + name }
      .first(where: FileManager.default.isExecutableFile)
  }

  private func manual(_ page: String) throws -> String {
    let result = try CommandHome().ledger("man", page)
    try #require(result.status == 0, "\(result)")
    return result.output
  }

  private func type(
    _ program: String, _ words: [String], in directory: String, input: String = ""
  ) throws -> BinaryResult {
    let environment = ["PATH": "/usr/bin:/bin", "HOME": directory, "TERM": "dumb"]
    return try RunningBinary(program, words, environment: environment, input: input).wait()
  }

  @Test("the table of commands has no flaws, and every example of the help parses")
  func flawless() throws {
    let home = try CommandHome()
    let result = try home.ledger("parse", "-", input: "ledger status --summary\n")
    #expect(result.status == 0 && result.output.isEmpty, "\(result)")
    let wrong = try home.ledger("parse", "-", input: "ledger status --sumary\n")
    #expect(wrong.status == 1 && wrong.output.contains("--sumary"), "\(wrong)")
  }

  @Test("hidden commands stand neither in the help nor in the manual")
  func hidden() throws {
    let help = try CommandHome().ledger("--help")
    #expect(help.lines.contains { $0.contains("completions") })
    #expect(!help.lines.contains { $0.hasPrefix("  man ") || $0.hasPrefix("  parse ") })
    #expect(try !manual("ledger").contains("ledger parse"))
  }

  @Test(
    "mandoc finds nothing to complain of", .enabled(if: program("mandoc") != nil, "no mandoc here"),
    arguments: ["ledger", "ledgerd"])
  func lint(_ page: String) throws {
    let home = try CommandHome()
    let path = try home.file("\(page).man", try manual(page))
    let mandoc = try #require(Self.program("mandoc"))
    let result = try type(mandoc, ["-T", "lint", "-W", "warning", path], in: home.directory)
    #expect(result.status == 0 && result.output.isEmpty, "\(result)")
  }

  @Test("the manual tells of every command, every exit code and every variable that is read")
  func whole() throws {
    let page = try manual("ledger").replacing(#"\-"#, with: "-")
    for line in try CommandHome().ledger("--help").lines where line.hasPrefix("  ") {
      let words = line.split(separator: " ")
      let name = words[0]
      guard name.allSatisfy({ $0.isLowercase }) else { continue }
      #expect(page.contains(#"\fB\#(name)\fR"#), "\(line)")
    }
    for code in [0, 1, 2, 3, 64, 65, 66, 69, 70, 74, 75, 77, 78, 130] {
      #expect(page.contains(#"\fB\#(code)\fR"#), "\(code)")
    }
    let files = FileManager.default.enumerator(at: Self.sources, includingPropertiesForKeys: nil)
    var variables: Set<String> = []
    for case let file as URL in try #require(files) where file.pathExtension == "swift" {
      for match in try String(contentsOf: file, encoding: .utf8)
        .matches(of: /environment\("([A-Z_]+)"\)/)
      {
        variables.insert(String(match.1))
      }
    }
    #expect(variables.count > 10)
    for variable in variables { #expect(page.contains(variable), "\(variable)") }
  }

  /// Lines as far as they are typed, and what Tab must offer.
  static let typed: [(line: String, offered: String)] = [
    ("ledger st", "status"), ("ledger --json st", "status"), ("ledger provider ", "lint"),
    ("ledger provider try --ph", "--phase"), ("ledger provider try --phase ", "webhook"),
    ("ledger resolve j --as s", "succeeded"), ("ledger help pro", "provider"),
    ("ledger --home /et", "/etc"), ("ledger completions ", "fish"), ("ledger ", "submit"),
  ]

  @Test("bash offers what the command takes", arguments: typed)
  func bash(_ typed: (line: String, offered: String)) throws {
    let home = try CommandHome()
    let script = try home.file("b", try home.ledger("completions", "bash").output)
    var words = typed.line.split(separator: " ", omittingEmptySubsequences: false).map { "'\($0)'" }
    words[0] = "ledger"
    let tab = """
      source \(script); COMP_WORDS=(\(words.joined(separator: " "))); COMP_CWORD=\(words.count - 1)
      _ledger; printf '%s\\n' "${COMPREPLY[@]}"
      """
    let result = try type("/bin/bash", ["--norc", "-c", tab], in: home.directory)
    #expect(result.lines.contains(typed.offered) && result.error.isEmpty, "\(result)")
  }

  @Test("bash offers files only where a command takes one", arguments: ["config set ", "status "])
  func noFiles(_ line: String) throws {
    let home = try CommandHome()
    let script = try home.file("b", try home.ledger("completions", "bash").output)
    let count = line.split(separator: " ").count + 1
    let tab =
      "cd /; source \(script); COMP_WORDS=(ledger \(line) ''); COMP_CWORD=\(count); _ledger;"
    let result = try type(
      "/bin/bash", ["--norc", "-c", tab + " echo \"${COMPREPLY[*]}\""], in: home.directory)
    #expect(result.output == "\n", "\(result)")
  }

  @Test(
    "fish offers the same", .enabled(if: program("fish") != nil, "no fish here"), arguments: typed)
  func fish(_ typed: (line: String, offered: String)) throws {
    let home = try CommandHome()
    let script = try home.file("l.fish", try home.ledger("completions", "fish").output)
    let fish = try #require(Self.program("fish"))
    let tab = "source \(script); complete -C '\(typed.line)'"
    let result = try type(fish, ["--no-config", "-c", tab], in: home.directory)
    #expect(result.lines.contains { $0.hasPrefix(typed.offered) }, "\(result)")
  }

  @Test("zsh offers the same", .enabled(if: program("zsh") != nil, "no zsh here"))
  func zsh() throws {
    let home = try CommandHome()
    _ = try home.file("_ledger", try home.ledger("completions", "zsh").output)
    // A terminal of zsh's own (zshmodules(1), zpty), whose -r waits until the pattern has come.
    let tries = Self.typed.map { typed in
      "zpty -w -n z $'\(typed.line)\\t\\t'; zpty -r z seen '*\(typed.offered)*'; print -r -- "
        + "'\(typed.line)'; zpty -w -n z $'\\x15'"
    }.joined(separator: "\n")
    let script = """
      zmodload zsh/zpty
      zpty z 'HOME=\(home.directory) TERM=dumb zsh -f -i'
      zpty -w z 'PS1=; fpath=(\(home.directory) $fpath); autoload -U compinit; compinit -u -D'
      zpty -w z 'setopt no_auto_menu no_list_ambiguous; LISTMAX=1000; print begin''ning'
      zpty -r z seen '*beginning*'
      \(tries)
      """
    let zsh = try #require(Self.program("zsh"))
    let result = try type(zsh, ["-f", "-c", script], in: home.directory)
    // What is never offered is waited for in vain, until the program is ended.
    #expect(result.lines == Self.typed.map(\.line), "\(result)")
  }
}
