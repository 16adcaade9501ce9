// Help and completions are made from the table; these are the looks people get to know.

import CommandLine
import Foundation
import Testing

@Suite("Help and completions")
struct HelpTests {
  private func help(_ topic: HelpTopic, columns: Int = 80) -> String {
    Sample.help.lines(topic, columns: columns, style: Style(isOn: false)).joined(separator: "\n")
  }

  @Test("the program's help looks like this")
  func program() { #expect(help(.program) == Golden.program) }

  @Test("a command's help looks like this")
  func command() { #expect(help(.command(Sample.submit)) == Golden.submit) }

  @Test("a family's help looks like this")
  func family() { #expect(help(.family("provider")) == Golden.provider) }

  @Test(
    "help fits the terminal and is never wider than 100 columns", arguments: [40, 80, 100, 300])
  func width(_ columns: Int) {
    let topics = [.program, .family("provider")] + Sample.commands.map(HelpTopic.command)
    for topic in topics {
      var examples: [Substring] = []
      if case .command(let command) = topic {
        examples = command.examples.flatMap { $0.split(separator: "\n") }
      }
      for line in help(topic, columns: columns).split(separator: "\n") {
        guard !examples.contains(where: { line.hasSuffix($0) }) else { continue }
        #expect(DisplayWidth.columns(of: line) <= min(columns, 100), "\(line)")
      }
    }
  }

  @Test("the sample table has no flaws, and its examples parse")
  func flawless() { #expect(Sample.table().flaws() == []) }

  @Test("flaws in a table are found")
  func flaws() {
    let bad = Command(
      "bad", .run, "Ends with a full stop.",
      operands: [.optional("A", .text, ""), .required("b", .text, "")],
      options: [
        .flag("json", "Taken"), .value("n", .integer(1...5), "Number", default: "9"),
      ], rules: [.needs("n", "nothing")],
      examples: [
        "ledger bad --unknown", "ledger status", "ledger bad \(String(repeating: "x", count: 70))",
        "other", "ledger bad 'open",
      ])
    let table = CommandTable(
      program: "ledger", version: "1", summary: "",
      [bad, bad, Sample.status, Command("bad luck", .run, "Family too")].map { command in
        .init(command.name, command) { _, _ in .ok }
      } + [.init("other", Sample.grant) { _, _ in .ok }])
    let flaws = table.flaws().joined(separator: "\n")
    for part in [
      "bad is declared twice", "json twice", "without a full stop", "b is not in capitals",
      "b can never be reached", "default of --n", "names nothing", "example is refused",
      "is of another command", "does not begin with ledger", "a command and a family",
      "wider than 78", "other: the declaration is of grant",
    ] {
      #expect(flaws.contains(part), "\(part)")
    }
  }

  @Test("completions mention every command and option", arguments: Completion.Shell.allCases)
  func complete(_ shell: Completion.Shell) {
    let script = Completion(program: "ledger", commands: Sample.commands).script(for: shell)
    for command in Sample.commands {
      for word in command.path { #expect(script.contains(word)) }
      for option in command.options + Option.global {
        #expect(script.contains(option.name))
      }
    }
  }

  @Test(
    "the shell accepts its script",
    arguments: Completion.Shell.allCases.filter { shell in
      shell == .bash || FileManager.default.isExecutableFile(atPath: "/usr/bin/\(shell.rawValue)")
    })
  func syntax(_ shell: Completion.Shell) throws {
    let script = Completion(program: "ledger", commands: Sample.commands).script(for: shell)
    #expect(
      try Shell.run(shell.rawValue, ["-n"], input: script) == Shell.Result(status: 0, text: ""))
  }

  @Test(
    "bash completes commands, members, options, choices and files",
    arguments: [
      (["sta"], "status"), (["provider", "l"], "list lint"),
      (["resolve", "--as", ""], "succeeded failed"),
      (["resolve", "--as", "=", "s"], "succeeded"), (["completions", "z"], "zsh"),
      (["--home", "x", "grant", "--pri"], "--priority"), (["status", "--js"], "--json"),
      (["help", "gr"], "grant"), (["provider", "try", "fal", "--reply", "/etc/host"], "/etc/host"),
    ])
  func bash(_ words: [String], _ expected: String) throws {
    let script = Completion(program: "ledger", commands: Sample.commands).script(for: .bash)
    let line = (["ledger"] + words).map { "'\($0)'" }.joined(separator: " ")
    let input =
      script + "COMP_WORDS=(\(line)); COMP_CWORD=\(words.count); _ledger; echo ${COMPREPLY[*]}\n"
    let result = try Shell.run("bash", ["--norc"], input: input)
    #expect(result.status == 0)
    let words = result.text.split(whereSeparator: \.isWhitespace)
    for word in expected.split(separator: " ") {
      #expect(words.contains { $0.hasPrefix(word) }, "\(result.text)")
    }
    #expect(
      words.allSatisfy { word in expected.split(separator: " ").contains { word.hasPrefix($0) } })
  }
}

/// Runs a shell on a script given on standard input.
enum Shell {
  struct Result: Equatable {
    let status: Int32
    let text: String
  }

  static func run(_ shell: String, _ arguments: [String], input: String) throws -> Result {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [shell] + arguments
    let (stdin, stdout) = (Pipe(), Pipe())
    process.standardInput = stdin
    process.standardOutput = stdout
    process.standardError = stdout
    try process.run()
    try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try stdin.fileHandleForWriting.close()
    let data = try stdout.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Result(status: process.terminationStatus, text: String(decoding: data, as: UTF8.self))
  }
}
