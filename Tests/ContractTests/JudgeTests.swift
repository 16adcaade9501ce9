// Outside judges: programs that know nothing of us re-add the books from an export, and agree with
// the balances to the last micro-credit.

import Foundation
import Support
import Testing
import Wire

@Suite("Outside judges", .seeded, .serialized) struct JudgeTests {
  /// Events of the judged home: `LEDGER_JUDGE_EVENTS`, else a number that a workday has time for.
  static let events =
    ProcessInfo.processInfo.environment["LEDGER_JUDGE_EVENTS"].flatMap { Int($0) } ?? 3_000
  private static let judged = Result {
    try JudgedBooks(seed: "outside judges", events: events).home
  }

  private static func home() throws -> CommandHome { try judged.get() }

  /// What `ledger balance --json` and the summary say, in the names of the journal.
  private func expected() throws -> [String: Int64] {
    var sums: [String: Int64] = [:]
    let home = try JudgeTests.home()
    func micros(_ line: JSON, _ name: String) throws -> Int64 {
      try #require((line[name]?.string).flatMap { Judge.micros($0) })
    }
    for line in try home.json("balance") {
      let id = try #require(line["account"]?.string)
      let name = "Assets:Accounts:" + JudgeTests.component(id)
      sums[name + ":Available"] = try micros(line, "available")
      sums[name + ":Held"] = try micros(line, "held")
      sums["Equity:Issued", default: 0] -= try micros(line, "granted")
      sums["Equity:Revenue", default: 0] += try micros(line, "captured")
      sums["Equity:Revenue", default: 0] -= try micros(line, "refunded")
      sums["Equity:Expired", default: 0] += try micros(line, "expired")
      sums["Equity:Adjustments", default: 0] -= try micros(line, "adjusted")
    }
    for line in try home.json("events", "--type", "job.recovered") {
      let amount = try line["data"].flatMap { data in
        data["written_off"] == nil ? nil : try micros(data, "written_off")
      }
      sums["Equity:WriteOff", default: 0] -= amount ?? 0
      sums["Equity:Revenue", default: 0] += amount ?? 0
    }
    return sums
  }

  /// The rule of JournalName, written once more.
  private static func component(_ id: String) -> String {
    "Id-"
      + id.utf8.map { byte in
        let scalar = Character(Unicode.Scalar(byte))
        return scalar.isLetter || scalar.isNumber ? String(scalar) : String(format: "-%02X", byte)
      }.joined()
  }

  private func compare(_ sums: [String: Int64]) throws {
    let expected = try expected()
    #expect(sums.values.reduce(0, +) == 0, "the trial balance is zero")
    for (name, amount) in expected { #expect(sums[name] ?? 0 == amount, "\(name)") }
    #expect(Set(sums.keys).subtracting(expected.keys).isEmpty)
    // The past had something of everything, or the comparison says little.
    for name in ["Issued", "Revenue", "Expired", "Adjustments", "WriteOff"] {
      #expect(sums["Equity:\(name)"] ?? 0 != 0, "\(name)")
    }
    #expect(sums.contains { $0.key.hasSuffix(":Available") && $0.value < 0 }, "an overdraft")
  }

  private func journal(_ format: String) throws -> String {
    let home = try JudgeTests.home()
    let path = home.directory + "/books." + format
    let result = try home.ledger("export", "--format", format)
    #expect(result.status == 0, "\(result.error)")
    try Data(result.output.utf8).write(to: URL(filePath: path))
    return path
  }

  @Test(
    "hledger re-adds every account",
    .enabled(if: Judge.hasHledger, "hledger is not installed: run tools/setup --tests"))
  func hledger() throws { try compare(try Judge.hledger(try journal("hledger"))) }

  @Test(
    "Beancount checks every assertion and re-adds every account",
    .enabled(if: Judge.hasBeancount, "beancount is not installed: run tools/setup --tests"))
  func beancount() throws { try compare(try Judge.beancount(try journal("beancount"))) }

  @Test(
    "both judges see a lost micro-credit",
    .enabled(
      if: Judge.hasHledger && Judge.hasBeancount,
      "hledger or beancount is not installed: run tools/setup --tests"))
  func tampering() throws {
    for (format, check) in [
      ("hledger", ["hledger", "check", "-f"]), ("beancount", ["bean-check", "--no-cache"]),
    ] {
      let path = try journal(format)
      var lines = try String(contentsOfFile: path, encoding: .utf8)
        .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      // The last assertion but one, off by a millionth.
      let marks = format == "hledger" ? " = " : " balance "
      let index = try #require(lines.lastIndex { $0.contains(marks) && $0.contains(".") })
      let number = try #require(lines[index].ranges(of: /-?\d+\.\d{6}/).suffix(2).last)
      let asserted =
        format == "hledger"
        ? number
        : try #require(
          lines[index].ranges(of: /-?\d+\.\d{6}/).first)
      let text = String(lines[index][asserted])
      let last = text.last == "9" ? "8" : "9"
      lines[index].replaceSubrange(asserted, with: text.dropLast() + last)
      let wrong = path + ".wrong"
      try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: wrong))
      #expect(try Judge.run(check + [wrong]).status != 0, "\(format)")
    }
  }

  @Test(
    "the Python reader re-adds every account from the file alone",
    .enabled(if: Judge.python != nil, "no Python here has lmdb: run tools/setup --tests"))
  func reader() throws {
    let home = try JudgeTests.home()
    let python = try #require(Judge.python)
    let answer = try Judge.run([python, Judge.root + "/tools/reader.py", home.path])
    try #require(answer.status == 0, "\(answer.output)")
    let accounts = try #require(try JSON(parsing: answer.output)["accounts"])
    let balances = try home.json("balance")
    #expect(accounts.object?.members.count == balances.count)
    for line in balances {
      let sums = accounts[line["account"]?.string ?? ""]
      for name in [
        "available", "held", "captured", "granted", "refunded", "expired", "adjusted",
      ] { #expect(sums?[name] == line[name], "\(line) \(name)") }
    }
  }

  @Test("an import of the export is the same home")
  func roundTrip() throws {
    let home = try JudgeTests.home()
    let export = try home.ledger("export").output
    let path = try home.file("books.ndjson", export)
    let other = try CommandHome()
    let receipt = try #require(try other.json("import", path).first)
    try Schemas.expect(receipt, fits: "import-receipt")
    #expect(try other.ledger("export").output == export)
    #expect(try other.ledger("verify").status == 0)
    let digests = try [home, other].map { try $0.json("replay", "--check").first?["digest"] }
    #expect(digests[0] != nil && digests[0] == digests[1])
  }
}
