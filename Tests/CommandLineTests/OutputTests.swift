// What reaches the two streams, and what happens when they fail.

import CommandLine
import Foundation
import Testing
import Wire

@Suite("Writing")
struct OutputTests {
  let capture = Capture()

  private func run(
    _ words: [String], _ change: (inout Output.Settings) -> Void = { _ in }
  ) -> ExitCode {
    var settings = Output.Settings(words: words)
    settings.outputIsTerminal = false
    settings.errorIsTerminal = false
    change(&settings)
    let output = capture.make(settings)
    return Sample.table().run(words, output: output)
  }

  @Test("data goes to standard output and the command's answer is the exit code")
  func data() {
    #expect(run(["status"]) == .ok)
    #expect(capture.outputText == "status\n")
    #expect(run(["audit"]) == .no)
    #expect(capture.errorText == "")
  }

  @Test("a refusal goes to standard error, as two lines or one object")
  func refusal() {
    #expect(run(["fail"]) == .insufficientCredits)
    #expect(capture.errorText == "ledger: acme has 12\n  try: x\n")
    #expect(capture.outputText == "")
    let second = OutputTests()
    #expect(second.run(["fail", "--json"]) == .insufficientCredits)
    #expect(
      second.capture.errorText
        == #"{"error":{"code":"insufficient_credits","message":"acme has 12","next":"x"}}"# + "\n")
  }

  @Test("even a line that does not parse is answered in JSON when it says --json")
  func usageInJSON() throws {
    #expect(run(["status", "--nonsense", "--json"]) == .usage)
    #expect(try JSON(parsing: capture.errorText)["error"]?["code"] == "usage")
    let second = OutputTests()
    #expect(second.run(["--json", "provider"]) == .usage)
    #expect(
      try JSON(parsing: second.capture.errorText)["error"]?["next"] == "ledger provider --help")
  }

  @Test("an unforeseen error exits 70 without its secret")
  func crash() {
    #expect(run(["crash"]) == .bug)
    #expect(capture.errorText.contains("Surprise"))
    #expect(!capture.errorText.contains("canary"))
  }

  @Test("help that was asked for is data; help on an incomplete line is words and exits 64")
  func helpStreams() {
    #expect(run(["--help"]) == .ok)
    #expect(capture.outputText.hasPrefix("ledger: "))
    #expect(capture.errorText == "")
    let second = OutputTests()
    #expect(second.run([]) == .usage)
    #expect(second.capture.outputText == "")
    #expect(second.capture.errorText.contains("Usage: ledger"))
  }

  @Test("the version is a line, or an object")
  func version() {
    #expect(run(["--version"]) == .ok)
    #expect(capture.outputText == "ledger 1.2.3\n")
    let second = OutputTests()
    #expect(second.run(["--version", "--json"]) == .ok)
    #expect(second.capture.outputText == #"{"name":"ledger","version":"1.2.3"}"# + "\n")
  }

  @Test("--quiet and --json silence notes, never warnings")
  func quiet() {
    for change in [{ $0.isQuiet = true }, { $0.isJSON = true }] as [(inout Output.Settings) -> Void]
    {
      let capture = Capture()
      let output = capture.make(capture.settings(change))
      output.note("by the way")
      output.warning("disk is nearly full")
      #expect(!capture.errorText.contains("by the way"))
      #expect(capture.errorText.contains("disk is nearly full"))
    }
    capture.make(capture.settings()).note("by the way")
    #expect(capture.errorText == "by the way\n")
  }

  @Test("a control character that a caller forgot does not reach the terminal")
  func lastDoor() {
    let output = capture.make(
      capture.settings {
        $0.outputIsTerminal = true
        $0.errorIsTerminal = true
      })
    output.line(output.style(.bad, "failed") + " \u{1b}[2J\u{202e}evil")
    output.note("\u{1b}]0;evil\u{7}")
    #expect(output.finish() == nil)
    #expect(
      capture.outputText == "\u{1b}[31mfailed\u{1b}[0m " + #"\u{1b}[2J\u{202e}evil"# + "\n")
    #expect(capture.errorText == #"\u{1b}]0;evil\u{7}"# + "\n")
  }

  @Test("without a terminal there are no colours, and style sequences are text like any other")
  func noColours() {
    let output = capture.make(capture.settings())
    output.line(output.style(.bad, "failed") + "\u{1b}[31m")
    #expect(output.finish() == nil)
    #expect(capture.outputText == #"failed\u{1b}[31m"# + "\n")
  }

  @Test("--json, --quiet and --no-color are heard before --, wherever they stand")
  func settings() {
    let settings = Output.Settings(words: ["status", "--json", "--oops", "--quiet", "--no-color"])
    #expect(settings.isJSON && settings.isQuiet && !settings.colors)
    let operands = Output.Settings(words: ["status", "--", "--json", "--quiet"])
    #expect(!operands.isJSON && !operands.isQuiet)
  }

  @Test("a reader that leaves early is no error")
  func readerGone() throws {
    Terminal.ignoreBrokenPipes()
    let pipe = Pipe()
    try pipe.fileHandleForReading.close()
    let output = Output(
      program: "ledger", settings: capture.settings(),
      output: pipe.fileHandleForWriting.fileDescriptor, error: capture.error.fileDescriptor)
    let code = Sample.table().run(["many"], output: output)
    #expect(code == .ok)
    #expect(output.isReaderGone)
    #expect(capture.errorText == "")
  }

  @Test("data that cannot be written is exit 74, not silence")
  func diskFull() throws {
    let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
    let output = Output(
      program: "ledger", settings: capture.settings(), output: full.fileDescriptor,
      error: capture.error.fileDescriptor)
    let code = Sample.table().run(["status"], output: output)
    #expect(code == .io)
    #expect(
      capture.errorText == "ledger: standard output cannot be written: No space left on device\n")
  }

  @Test("many lines arrive whole and in order from several threads")
  func threads() async {
    let output = capture.make(capture.settings())
    await withTaskGroup { group in
      for task in 0..<4 {
        group.addTask { for line in 0..<5000 { output.line("\(task) \(line)") } }
      }
    }
    #expect(output.finish() == nil)
    var next = [0, 0, 0, 0]
    for line in capture.outputText.split(separator: "\n") {
      let parts = line.split(separator: " ").compactMap { Int($0) }
      #expect(parts.count == 2 && parts[1] == next[parts[0]])
      next[parts[0]] += 1
    }
    #expect(next == [5000, 5000, 5000, 5000])
  }

  @Test("progress is a plain line every ten seconds where there is no terminal")
  func plainProgress() {
    var now = 100.0
    var progress = Progress("replaying", output: capture.make(capture.settings()), clock: { now })
    for step in 0..<25 {
      now += 1
      progress.update(step * 100, of: 2500)
    }
    progress.finish()
    #expect(
      capture.errorText == "replaying 36 %, 900 of 2,500\nreplaying 76 %, 1,900 of 2,500\n")
  }

  @Test("progress on a terminal is one line, gone before the next word")
  func drawnProgress() {
    var now = 0.0
    let output = capture.make(
      capture.settings {
        $0.errorIsTerminal = true
        $0.columns = 60
      })
    var progress = Progress("replaying", output: output, clock: { now })
    progress.update(5, of: 10, "\u{1b}[2J")
    now = 0.05
    progress.update(6, of: 10)
    output.note("done")
    progress.finish()
    #expect(
      capture.errorText
        == #"replaying [##########----------] 50 %, 5 of 10 \u{1b}[2J"# + "\r\u{1b}[Kdone\n")
  }
}
