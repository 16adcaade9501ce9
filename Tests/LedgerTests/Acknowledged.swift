// What writers were told is safe, and whether it is.

import Judge
@testable import Ledger
import Posix
import Support
import Testing
import Wire

/// Acknowledged positions with their chain hashes, collected from processes that may be dead.
struct Acknowledged {
  private var hashes: [Position: String] = [:]

  var count: Int { hashes.count }

  /// Reads `ack POSITION HASH` lines. Whoever was told of a position was told the same.
  mutating func collect(_ child: Child) throws {
    for line in child.lines {
      let words = line.split(separator: " ")
      if words.first != "ack" {
        try #require(line == "open", "\(line)")
        continue
      }
      let position = try #require(Position(words[1]))
      let hash = String(words[2])
      #expect(hashes[position, default: hash] == hash)
      hashes[position] = hash
    }
  }

  /// Every acknowledged event is there, identical; the books verify; the views are the events added
  /// up. The home must not be open in this process.
  func check(_ home: Home) throws {
    var failed: [VerifyCheck] = []
    var verification = Verification(home) { if !$0.isOK { failed.append($0) } }
    let end = try verification.run()
    #expect(failed == [])
    #expect(end >= hashes.keys.max() ?? 0, "acknowledged events are missing")
    let books = try Books(home)
    var judge = EventJudge()
    try books.read { books in
      var group: [RecordedEvent] = []
      try books.log.events(from: 1) { event in
        let known = hashes[event.position]
        #expect(known == nil || known == Hex.text(event.hash.bytes))
        group.append(event)
        if event.header.flags.contains(.last) {
          if event.position > 1 { try judge.judge(group) }
          group = []
        }
        return true
      }
      #expect(books.head == end && judge.position == end)
      let (totals, chart) = (books.totals, judge.chart)
      #expect(totals.granted.micros == -(chart["issued"] ?? 0))
      #expect(totals.held.micros == chart["held"] ?? 0)
      #expect(totals.captured.micros == chart["revenue"] ?? 0)
      var available: Int64 = 0
      try books.accounts { _, account in
        available += account.available.micros
        return true
      }
      #expect(available == chart["available"] ?? 0)
    }
    let replay = try books.replay(.check)
    #expect(replay.differences == [])
  }
}
