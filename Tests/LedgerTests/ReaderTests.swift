// A reader written from record-format.md alone must come to the same events and balances as the
// books, and must see what was changed behind their back.

import LMDB
import Posix
import Support
import Testing
import Wire

@testable import Ledger

@Suite(
  "The outside reader", .seeded,
  .enabled(
    if: OutsideReader.python != nil,
    "no Python here has lmdb: run tools/setup --tests, or name one in LEDGER_PYTHON"))
struct ReaderTests {
  @Test("adds up every account as the views do, while the books are open")
  func balances() throws {
    let busy = try BusyHome(seed: "outside reader")
    try busy.live(commands: 300)
    try busy.correct()
    let answer = try OutsideReader.judge(busy.home.path)
    #expect(answer.complaint == "" && answer.status == 0)
    let judged = try #require(try answer.lines.first)
    let (head, hash, accounts) = try #require(busy.books).read { snapshot in
      var accounts: [(String, JSON)] = []
      var numbers: [(SubjectNumber, Account)] = []
      try snapshot.accounts { number, account in
        numbers.append((number, account))
        return true
      }
      for (number, account) in numbers {
        let id = try #require(try snapshot.subject(number)).name.id
        accounts.append((id, sums(of: account)))
      }
      return (snapshot.head, try snapshot.log.end().hash, accounts)
    }
    #expect(judged["head"] == .int(head))
    #expect(judged["events"] == .int(head))
    #expect(judged["hash"] == .string("\(hash)"))
    #expect(judged["accounts"]?.object?.members.count == accounts.count)
    for (id, sums) in accounts { #expect(judged["accounts"]?[id] == sums, "\(id)") }
    // The past had something of everything, or the comparison says little.
    let totals = try #require(busy.books).read { $0.totals }
    let gross = [totals.granted, totals.held, totals.captured, totals.released, totals.expired]
    for sum in gross + [totals.refunded, totals.adjusted] { #expect(sum > .zero) }
  }

  private func sums(of account: Account) -> JSON {
    func text(_ credits: Credits) -> JSON { .string("\(credits)") }
    return [
      "available": text(account.available), "held": text(account.held),
      "captured": text(account.captured), "granted": text(account.granted),
      "refunded": text(account.refunded), "expired": text(account.expired),
      "adjusted": text(account.adjusted),
    ]
  }

  @Test("names every event and field from the log's own schemas")
  func events() throws {
    let busy = try BusyHome(seed: "outside events")
    try busy.live(commands: 60)
    let answer = try OutsideReader.judge(busy.home.path, "--events")
    #expect(answer.complaint == "" && answer.status == 0)
    let lines = try answer.lines
    var count = 0
    try #require(busy.books).read { snapshot in
      try snapshot.log.events(from: 1) { event in
        let line = lines[count]
        count += 1
        #expect(line["position"] == .int(event.position))
        #expect(line["type"]?.string == event.event.type.name)
        #expect(line["time"]?.int == Int(event.time.microseconds))
        #expect(line["previous"] == .int(event.header.previous))
        #expect(line["subject"] == .int(event.subject))
        #expect(line["hash"]?.string == "\(event.hash)")
        #expect(line["envelope"]?["subject_id"]?.string == event.envelope.subject?.id)
        if let movement = Movement(event) {
          #expect(line["data"]?["amount"]?.int == Int(movement.amount.micros))
          let lines = movement.lines.map { JSON.array([.int($0.bucket), .int($0.amount.micros)]) }
          #expect(line["data"]?["lines"] == .array(lines))
        }
        if case .jobPolled(let body) = event.event {
          #expect(line["data"]?["class"]?.string == body.class.name)
          let reply: JSON? = body.reply?.name.map {
            [.int($0.ordinal), .string(Hex.text($0.digest.bytes))]
          }
          #expect(line["data"]?["reply"] == reply)
        }
        return true
      }
    }
    #expect(lines.count == count + 1)
  }

  @Test("sees what was changed behind the books' back", arguments: Tampering.allCases)
  func tampering(_ tampering: Tampering) throws {
    let busy = try BusyHome(seed: "outside tampering")
    try busy.live(commands: 20)
    busy.close()
    #expect(try OutsideReader.judge(busy.home.path).status == 0)
    try tampering.change(busy.home)
    let answer = try OutsideReader.judge(busy.home.path)
    #expect(answer.status == 1)
    #expect(answer.output == [])
    #expect(answer.complaint.hasPrefix("wrong: "))
    #expect(answer.complaint.contains(tampering.rawValue))
    #expect(answer.complaint.split(separator: "\n").count == 1)
  }

  @Test("is told every type's frozen number by the page")
  func typeNumbers() throws {
    let page = try #require(try FileSystem.read(EventTable.folder + "/record-format.md"))
    var numbers: [String: Int] = [:]
    var prefix: Substring?
    // `- \`account.\`: 16 opened, 17 limit_set, ...`, which may go on in lines set back
    for line in String(decoding: page, as: UTF8.self).split(separator: "\n") {
      if let match = line.prefixMatch(of: /- `([a-z]+\.)`: (?=\d)/) {
        prefix = match.output.1
      } else if !line.hasPrefix("  ") {
        prefix = nil
      }
      guard let prefix else { continue }
      for match in line.matches(of: /(\d+) ([a-z_]+)/) {
        numbers["\(prefix)\(match.output.2)"] = Int(match.output.1)
      }
    }
    let types = EventType.allCases.map { ($0.name, Int($0.rawValue)) }
    #expect(numbers == Dictionary(uniqueKeysWithValues: types))
  }

  @Test("asks for one home")
  func usage() throws {
    #expect(try OutsideReader.judge("/nowhere", "/else").status == 64)
    #expect(try OutsideReader.judge("--events").status == 64)
    #expect(try OutsideReader.judge("/nowhere").status == 1)
  }
}
