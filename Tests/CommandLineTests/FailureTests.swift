// How refusals look, to a person and to a program.

import CommandLine
import Testing
import Wire

@Suite("Refusals")
struct FailureTests {
  let short = Failure(
    .insufficientCredits, "insufficient_credits", "acme has 12 credits, the hold needs 27",
    next: "ledger grant acme 15")

  @Test("a refusal is a message and what to type")
  func twoLines() {
    #expect(
      short.lines(program: "ledger") == [
        "ledger: acme has 12 credits, the hold needs 27", "  try: ledger grant acme 15",
      ])
  }

  @Test("with --json it is one object")
  func json() {
    #expect(
      short.json.text
        == #"{"error":{"code":"insufficient_credits","#
        + #""message":"acme has 12 credits, the hold needs 27","next":"ledger grant acme 15"}}"#
    )
    #expect(
      Failure(.io, "io", "no").json.text == #"{"error":{"code":"io","message":"no","next":null}}"#)
  }

  @Test(
    "a message keeps to two lines of 80 columns, whatever it holds",
    arguments: [
      String(repeating: "word ", count: 100), String(repeating: "x", count: 500),
      String(repeating: "語", count: 300), "a\u{1b}[2J\n\nb", "",
    ])
  func bounded(_ message: String) {
    let lines = Failure(.io, "io", message, next: "ledger doctor").lines(program: "ledger")
    #expect((2...3).contains(lines.count))
    for line in lines {
      #expect(DisplayWidth.columns(of: line) <= 80)
      #expect(!line.unicodeScalars.contains { $0.value < 0x20 })
    }
  }

  @Test("a long command to type stays whole, so that it can be copied")
  func nextIsWhole() {
    let job = String(repeating: "j", count: 128)
    let lines = Failure(.notFound, "no_job", "no such job", next: "ledger status \(job)").lines(
      program: "ledger")
    #expect(lines.last == "  try: ledger status \(job)")
  }

  @Test("an unforeseen error shows its type and nothing of what it carries")
  func unexpected() {
    let failure = Failure.unexpected(Sample.Surprise())
    #expect(failure.exitCode == .bug)
    #expect(failure.message.contains("Surprise"))
    #expect(!failure.message.contains("canary"))
  }

  @Test("exit codes are the documented numbers")
  func exitCodes() {
    #expect(
      ExitCode.allCases.map(\.rawValue) == [
        0, 1, 2, 3, 64, 65, 66, 69, 70, 74, 75, 77, 78, 130,
      ])
  }
}
