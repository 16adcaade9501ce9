// Programs of other people that add up our books: hledger, Beancount, and the reader in Python.

import Foundation
import Testing
import Wire

/// An outside program.
enum Judge {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  static let hasHledger = finds("hledger", "--version")
  static let hasBeancount = finds("bean-check", "--help") && finds("bean-query", "--help")
  /// A Python that has lmdb: `LEDGER_PYTHON`, the one `tools/setup --tests` makes, or the system's.
  static let python: String? = {
    if let chosen = ProcessInfo.processInfo.environment["LEDGER_PYTHON"] { return chosen }
    return [root + "/.venv/bin/python", "python3"].first { finds($0, "-c", "import lmdb") }
  }()

  private static func finds(_ words: String...) -> Bool { (try? run(words).status) == 0 }

  struct Answer {
    let status: Int32
    let output: String
  }

  /// Runs a program of the system to its end; complaints stand in the output too.
  static func run(_ words: [String]) throws -> Answer {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = words
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Answer(
      status: process.terminationStatus, output: String(decoding: bytes, as: UTF8.self))
  }

  /// What hledger makes of a journal: account → millionths.
  static func hledger(_ journal: String) throws -> [String: Int64] {
    let answer = try run([
      "hledger", "-f", journal, "balance", "--flat", "-N", "-E", "-O", "csv", "--strict",
    ])
    try #require(answer.status == 0, "hledger: \(answer.output.prefix(2000))")
    return try sums(answer.output)
  }

  /// What Beancount makes of a journal, once it has checked it.
  static func beancount(_ journal: String) throws -> [String: Int64] {
    let check = try run(["bean-check", "--no-cache", journal])
    try #require(
      check.status == 0 && check.output.isEmpty, "bean-check: \(check.output.prefix(2000))")
    let query = "SELECT account, sum(number) AS total GROUP BY account"
    let answer = try run(["bean-query", "--no-errors", "-f", "csv", journal, query])
    try #require(answer.status == 0, "bean-query: \(answer.output.prefix(2000))")
    return try sums(answer.output)
  }

  /// The rows of `account,amount`; exact, for a Double would forgive the last millionth.
  private static func sums(_ csv: String) throws -> [String: Int64] {
    var sums: [String: Int64] = [:]
    for line in csv.split(whereSeparator: \.isNewline).dropFirst() {
      let row = try #require(try CSVRow.fields(Array(line.utf8)))
      let text = row[1].split(separator: " ").first.map(String.init) ?? "0"
      let amount: Int64 = try #require(micros(text), "\(line)")
      sums[row[0].trimmingCharacters(in: .whitespaces)] = amount
    }
    return sums
  }

  /// Millionths of a decimal text.
  static func micros(_ text: String) -> Int64? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, let whole = Int64(parts[0]) else { return nil }
    let digits = parts.count == 2 ? String(parts[1]) : ""
    guard digits.count <= 6, let part = Int64(digits.isEmpty ? "0" : digits) else { return nil }
    let scale = (0..<(6 - digits.count)).reduce(Int64(1)) { scale, _ in scale * 10 }
    return whole * 1_000_000 + (text.hasPrefix("-") ? -part : part) * scale
  }
}
