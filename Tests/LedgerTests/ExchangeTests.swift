// An export makes the same ledger again, and a file that is none makes nothing.

import LMDB
import Posix
import Support
import Testing
import Wire

@testable import Ledger

/// A way in which a file is not what an export wrote.
struct Hostility: Sendable, CustomTestStringConvertible {
  let name: String
  /// What the refusal says.
  let words: String
  let change: @Sendable (inout [String]) -> Void

  var testDescription: String { name }

  init(_ name: String, _ words: String, _ change: @escaping @Sendable (inout [String]) -> Void) {
    (self.name, self.words, self.change) = (name, words, change)
  }

  /// Changes the first line that holds `mark`.
  static func replacing(
    _ mark: String, _ old: String, _ new: String, says words: String
  ) -> Hostility {
    Hostility("\(mark): \(old.prefix(40)) → \(new.prefix(40))", words) { lines in
      guard let index = lines.firstIndex(where: { $0.contains(mark) && $0.contains(old) }),
        let range = lines[index].ranges(of: old).first
      else {
        Issue.record("no line has \(mark) and \(old)")
        return
      }
      lines[index].replaceSubrange(range, with: new)
    }
  }

  static let all: [Hostility] = [
    Hostility("empty", "empty") { $0 = [] },
    Hostility("no header", "header") { $0.removeFirst() },
    Hostility("two headers", "second header") { $0.insert($0[0], at: 1) },
    Hostility("cut off", "ends early") { $0.removeLast() },
    Hostility("a line missing", "where 3 must come") { lines in
      lines.removeAll { $0.hasPrefix(#"{"position":3,"#) }
    },
    Hostility("a line twice", "where") { $0.append($0[$0.count - 1]) },
    Hostility("no JSON", "JSON") { $0[3] = "{" },
    Hostility("an array", "no JSON object") { $0[3] = "[]" },
    Hostility("a stranger", "neither") { $0[3] = #"{"a":1}"# },
    Hostility("a deep line", "JSON") { $0[3] = String(repeating: "[", count: 100_000) },
    Hostility("a long line", "longer than") {
      $0[3] = String(repeating: "x", count: Limits.exchangeLineBytes + 1)
    },
    .replacing("export", #""format":1"#, #""format":2"#, says: "newer"),
    .replacing("export", #""whole":true"#, #""whole":false"#, says: "selection"),
    .replacing("export", #""head":"#, #""head":9"#, says: "ends early"),
    .replacing("export", #""incarnation":1"#, #""incarnation":2"#, says: "incarnation"),
    .replacing("export", #""ledger_id":""#, #""ledger_id":"00"#, says: "do not name a log"),
    .replacing("credit.granted", "credit.granted", "credit.given", says: "does not know"),
    .replacing("credit.granted", #""version":1"#, #""version":2"#, says: "does not know"),
    .replacing("credit.granted", #""lines":[[3,"#, #""lines":[[4,"#, says: "hash"),
    .replacing("credit.granted", #""amount":"#, #""amount":"9999999999999","a":"#, says: "amount"),
    .replacing("credit.granted", #""amount":"#, #""unknown":1,"amount":"#, says: "has not"),
    .replacing(
      "credit.granted", #""account":"account:acct"#, #""account":"account:nobody"#,
      says: "no event yet"),
    .replacing("credit.granted", #""previous":2"#, #""previous":1"#, says: "hash"),
    .replacing("credit.granted", #""flags":["last"]"#, #""flags":["first"]"#, says: "group"),
    .replacing("credit.granted", #""at":"2"#, #""at":"1"#, says: "before"),
    .replacing("credit.granted", #""step":0"#, #""step":4294967296"#, says: "step"),
    .replacing("account.opened", "account:acct", "wallet:acct", says: "kind"),
    .replacing(#""blob""#, #""text":""#, #""text":"not "#, says: "not what was kept"),
    .replacing(#""blob""#, #""blob":1,"#, #""blob":0,"#, says: "comes after"),
    .replacing(#""blob""#, #""salt":""#, #""salt":"00"#, says: "salt"),
    .replacing("job.dispatch_started", #""attempt":1"#, #""attempt":9999999999"#, says: "attempt"),
    .replacing("job.submitted", #""provider":""#, #""steps":99999,"provider":""#, says: "steps"),
    .replacing(
      "job.submitted", #""provider":""#, #""steps":2,"shares":["1","9999"],"provider":""#,
      says: "shares"),
    .replacing(
      "job.submitted", #""provider":""#, #""shares":["1","1"],"provider":""#, says: "shares"),
  ]
}

@Suite("Exchange", .seeded) struct ExchangeTests {
  /// What the command writes.
  static func export(_ books: Books, _ form: some ExportForm) throws -> [String] {
    var form = form
    return try books.read { snapshot in
      var lines = form.begin(try snapshot.exportScope(EventFilter(), after: 0))
      var after: Position = 0
      while after < snapshot.head {
        let page = try snapshot.page(after: after, EventFilter())
        for event in page.events { lines += try form.lines(event, in: &snapshot) }
        after = page.after
      }
      return lines + form.end()
    }
  }

  /// Imports lines into a new home.
  private func load(_ lines: [String], into home: TemporaryHome) throws -> ImportReport {
    let path = home.path("file.ndjson")
    try FileSystem.replace(path, with: Array(lines.map { $0 + "\n" }.joined().utf8))
    defer { try? FileSystem.remove(path) }
    return try Books.makeHome(home.home, from: try File(path, 0), isRehearsal: false) { _, _ in }
  }

  private static func busy() throws -> BusyHome {
    let busy = try BusyHome(seed: "exchange")
    try busy.live(commands: 60)
    try busy.correct()
    return busy
  }

  /// The export of such a home.
  private static let exported = Result {
    let home = try busy()  // its files are gone when it is
    return try withExtendedLifetime(home) {
      try export(try #require(home.books), NDJSONExport())
    }
  }

  /// Empties a text, as erasing does.
  private func erase(_ ordinal: UInt64, in home: Home) throws {
    let log = try Log(home.log)
    let snapshot = try log.write()
    let nothing: [UInt8] = []
    try snapshot.transaction.put(snapshot.tables.blobs, ordinal, nothing.bytes)
    try snapshot.commit()
  }

  @Test("events, positions, hashes, texts and views are the same, erased texts too")
  func roundTrip() throws {
    let busy = try ExchangeTests.busy()
    busy.close()
    try erase(2, in: busy.home)
    let books = try Books(busy.home)
    let lines = try ExchangeTests.export(books, NDJSONExport())
    #expect(lines.contains(#"{"blob":2,"erased":true}"#))
    let home = try TemporaryHome(isCreated: false)
    let report = try load(lines, into: home)
    #expect(report.erased == 1 && report.blobs > 10)
    let copy = try Books(home.home)
    #expect(copy.meta == books.meta)
    #expect(try ExchangeTests.export(copy, NDJSONExport()) == lines)
    let digests = try [books, copy].map { try $0.replay(.check) { _, _ in }.digest.projections }
    #expect(digests[0].map(\.digest) == digests[1].map(\.digest))
    var verification = Verification(home.home) { #expect($0.isOK, "\($0)") }
    #expect(try verification.run() == report.head)
    // It goes on where the source stood.
    _ = try copy.append(Command(.grant("5"), actor: .cli))
    #expect(try copy.read { $0.head } > report.head)
  }

  @Test("a home with something in it is not touched; one with only its first event is replaced")
  func emptyOnly() throws {
    let lines = try ExchangeTests.exported.get()
    let fresh = try TemporaryHome()
    _ = try load(lines, into: fresh)
    let head = try Books(fresh.home).read { $0.head }
    #expect(head > 1)
    #expect(throws: BooksError.alreadyInitialised(path: fresh.path)) {
      try load(lines, into: fresh)
    }
    #expect(try Books(fresh.home).read { $0.head } == head)
    let open = try TemporaryHome()
    let books = try Books(open.home)
    #expect(throws: BooksError.self) { try load(lines, into: open) }
    #expect(try books.read { $0.head } == 1)
  }

  @Test("a file that is no whole export is refused and leaves no home", arguments: Hostility.all)
  func hostile(_ hostility: Hostility) throws {
    var lines = try ExchangeTests.exported.get()
    hostility.change(&lines)
    let home = try TemporaryHome(isCreated: false)
    do {
      _ = try load(lines, into: home)
      Issue.record("imported")
    } catch let error as ImportError {
      #expect(error.description.contains(hostility.words), "\(error)")
    }
    #expect(!home.home.isInitialised)
    #expect(try FileSystem.list(home.path).filter { $0.hasPrefix("log") } == [])
  }

  @Test("any byte changed is refused or changes nothing")
  func fuzz() throws {
    let lines = try ExchangeTests.exported.get()
    var random = Seed.generator(for: "exchange fuzz")
    for _ in 0..<150 {
      var bytes = Array(lines.joined(separator: "\n").utf8)
      bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
      let home = try TemporaryHome(isCreated: false)
      let path = home.path("file.ndjson")
      try FileSystem.replace(path, with: bytes)
      do {
        _ = try Books.makeHome(home.home, from: try File(path, 0), isRehearsal: false) { _, _ in }
      } catch is ImportError {
        #expect(!home.home.isInitialised)
        continue
      }
      // A byte that says nothing: a column that is derived, or the header's unit.
      let copy = try ExchangeTests.export(try Books(home.home), NDJSONExport())
      #expect(Array(copy.dropFirst()) == Array(lines.dropFirst()))
    }
  }

  @Test("an account's name in a journal can be read back")
  func names() throws {
    var random = Seed.generator(for: "journal names")
    let letters = Array("abzABZ019._:-@/".utf8)
    for _ in 0..<1000 {
      let bytes = (0..<Int.random(in: 1...128, using: &random)).map { _ in
        letters.randomElement(using: &random)!
      }
      let id = String(decoding: bytes, as: UTF8.self)
      let component = JournalName.component(id)
      #expect(JournalName.id(of: component) == id)
      #expect(component.wholeMatch(of: /[A-Z0-9][A-Za-z0-9-]*/) != nil)
    }
    for stranger in ["acme", "Id-a-2", "Id-a-2f", "Id-a-61", "Id-a-FF"] {
      #expect(JournalName.id(of: stranger) == nil, "\(stranger)")
    }
    #expect(JournalName.commodity("Studio credits") == "STUDIOCREDITS")
    #expect(JournalName.commodity("₽") == "CREDITS")
  }
}
