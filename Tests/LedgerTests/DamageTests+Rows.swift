// Single rows that are not what was written: in the log never taken for another, in the views the
// way out is a replay.

import LMDB
import Support
import Testing
import Wire

@testable import Ledger

extension DamageTests {
  @Test("an event whose key became another's is not taken for that one")
  func otherKey() throws {
    let home = try livedIn()
    let path = home.path("log/data.mdb")
    let end = try head(home)
    func hash(_ position: Position) throws -> Digest? {
      try Log(home.path("log")).read().event(at: position)?.hash
    }
    func previous(_ position: Position) throws -> Position {
      try Log(home.path("log")).read().previous(of: position)
    }
    let hashes = try (0...end + 1).map(hash)
    #expect(hashes.first == .some(nil) && hashes.last == .some(nil))
    let steps = try (1...end).map(previous)
    for position in 1...end {
      let file = try DataFile(path)
      let keys = try keys(of: position, home, file)
      for other in 1...end + 3 where other != position {
        try file.spoil { bytes in for place in keys { bytes[place] = UInt8(other) } }
        for asked in 1...end {
          let found = try? hash(asked)
          #expect(found == nil || found == hashes[Int(asked)], "\(position) became \(other)")
          let step = try? previous(asked)
          #expect(step == nil || step == steps[Int(asked) - 1], "\(position) became \(other)")
        }
        // Of the log's last event HEAD knows.
        #expect(throws: BooksError.self) {
          if position < end { _ = try hash(position) } else { _ = try Books(home.home) }
        }
      }
      try file.spoil { _ in }
    }
  }

  @Test("a page of events that a bit made one of keys alone is damage")
  func valueless() throws {
    let home = try livedIn()
    let file = try DataFile(home.path("log/data.mdb"))
    let keys = try keys(of: 1, home, file)
    // The flags of a page are its bytes 10 and 11 (mdb.c, MDB_page; P_LEAF2).
    try file.spoil { bytes in for key in keys { bytes[key / 4096 * 4096 + 10] ^= 0x20 } }
    let log = try Log(home.path("log"))
    #expect(throws: BooksError.self) { try log.read().event(at: 1) }
    #expect(throws: BooksError.self) { try log.read().end() }
    #expect(throws: BooksError.self) { try Books(home.home) }
    #expect(try verified(home).contains { !$0.isOK })
  }

  @Test("a job's chain that leads on is damage, and not a walk without end", arguments: [5, 6])
  func endlessChain(_ previous: UInt8) throws {
    let home = try livedIn()
    let file = try DataFile(home.path("log/data.mdb"))
    let keys = try keys(of: 5, home, file)
    // Behind the key, at the record's byte 24 (RecordHeader).
    try file.spoil { bytes in for key in keys { bytes[key + 8 + 24] = previous } }
    let books = try Books(home.home)
    let job = try #require(try books.read { try $0.jobNumber("j1") })
    #expect(throws: BooksError.self) { try books.read { try $0.chain(of: job) } }
  }

  /// Where in the file an event's key lies, also where it lay before: behind it comes the record.
  private func keys(
    of position: Position, _ home: TemporaryHome, _ file: DataFile
  ) throws -> [Int] {
    let log = try Log(home.path("log"))
    let transaction = try log.environment.read()
    let record = try #require(try transaction.value(log.tables.events, position)?.array)
    let key = withUnsafeBytes(of: position.littleEndian) { Array($0) }
    let places = file.places(of: key + record.prefix(16))
    #expect(!places.isEmpty)
    return places
  }

  @Test(
    "a view row that ends too soon is damage to whoever needs it, and replay is the way out",
    arguments: [
      ("meta", "applied", ["status"]), ("meta", "totals", ["status", "--summary"]),
      ("names", "\u{2}acme", ["balance", "acme"]), ("names", "\u{3}j1", ["status", "j1"]),
    ])
  func shortRow(_ table: String, _ key: String, _ words: [String]) throws {
    let home = try livedIn()
    func ledger(_ words: [String]) throws -> Int32 {
      try Binary.ledger.run(["--home", home.home.path] + words, environment: [:]).status
    }
    #expect(try ledger(words) == 0)
    do {
      var options = Environment.Options()
      options.isSynced = false
      let environment = try Environment(home.path("views/1"), options)
      let transaction = try environment.write()
      let views = try Table(table, keys: .bytes, in: transaction)
      let value = try row(Array(key.utf8), of: views, in: transaction) ?? []
      try transaction.put(
        views, Array(key.utf8).span.bytes, Array(value.dropLast(3)).span.bytes)
      try transaction.commit()
    }
    #expect(try ledger(words) == 65)
    #expect(try ledger(["verify"]) == 1)
    // Where reading them ends the first one, they are given up for the second.
    let ends = try [ledger(["replay"]), ledger(["replay"])]
    #expect(ends == [0, 0] || ends == [65, 0])
    #expect(try ledger(words) == 0)
    #expect(try ledger(["verify"]) == 0)
  }

  private func row(
    _ key: [UInt8], of table: Table, in transaction: borrowing WriteTransaction
  ) throws -> [UInt8]? {
    try transaction.value(table, key.span.bytes)?.array
  }
}
