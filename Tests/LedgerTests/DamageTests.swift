// Files that are not what was written: refused in words, or rebuilt, never believed.

@testable import Ledger
import LMDB
import Posix
import Support
import Testing
import Wire

@Suite("Damage and strangers") struct DamageTests {
  /// A home with a few groups in it, closed.
  func livedIn() throws -> TemporaryHome {
    let home = try TemporaryHome()
    let books = try Books(home.home)
    _ = try books.append(Command(.grant("100"), actor: .cli))
    _ = try books.append(Command(.submit(), actor: .cli))
    return home
  }

  func append(_ home: TemporaryHome, _ actions: Action...) throws {
    let books = try Books(home.home)
    for action in actions { _ = try books.append(Command(action, actor: .cli)) }
  }

  func head(_ home: TemporaryHome) throws -> Position {
    try Books(home.home).read { $0.head }
  }

  private func bytes(_ home: TemporaryHome, _ name: String) throws -> [UInt8] {
    try #require(try FileSystem.read(home.path(name), limit: 1 << 28))
  }

  /// Opening is refused as damage, and the words say this.
  private func expectDamage(_ home: TemporaryHome, _ words: String) {
    do {
      _ = try Books(home.home)
      Issue.record("the home opened")
    } catch .damaged(let what, _) {
      #expect(what.contains(words), "\(what)")
    } catch {
      Issue.record("\(error)")
    }
  }

  @Test(
    "a CURRENT that makes no sense means: rebuild",
    arguments: ["", "{", "null", "{\"generation\":-1}", "{\"generation\":7}", "garbage\u{0}"])
  func garbageCurrent(_ text: String) throws {
    let home = try livedIn()
    let before = try head(home)
    try FileSystem.replace(home.path("views/CURRENT"), with: Array(text.utf8))
    #expect(try head(home) == before)
    try append(home, .start())
    try Acknowledged().check(home.home)
  }

  @Test("views of another boot, log, file or format are not read but rebuilt")
  func strangeCurrent() throws {
    let home = try livedIn()
    let text = String(decoding: try bytes(home, "views/CURRENT"), as: UTF8.self)
    let json = try JSON(parsing: Array(text.utf8))
    for name in ["boot", "log", "views", "format"] {
      var strange = try #require(json.object)
      strange[name] = name == "format" ? .int(99) : .string("elsewhere")
      try FileSystem.replace(home.path("views/CURRENT"), with: JSON.object(strange).bytes)
      _ = try head(home)
      let now = String(decoding: try bytes(home, "views/CURRENT"), as: UTF8.self)
      #expect(now != text && !now.contains("elsewhere"), "\(name)")
      try append(home, .grant("1"))
    }
    try Acknowledged().check(home.home)
  }

  @Test("views that were folded from another log are rebuilt, not believed")
  func foreignViews() throws {
    let home = try livedIn()
    let other = try livedIn()
    try append(other, .grant("5"), .grant("6"), .start())
    let books = try Books(home.home)
    books.generation = try Books(other.home).generation
    #expect(try books.read { $0.head } == 5)
    #expect(try books.read { $0.totals.granted } == Credits("100"))
  }

  @Test("without HEAD nothing is believed")
  func missingHead() throws {
    let home = try livedIn()
    try FileSystem.remove(home.path("HEAD"))
    expectDamage(home, "HEAD")
  }

  @Test("a HEAD of noise is no witness")
  func garbageHead() throws {
    let home = try livedIn()
    try FileSystem.replace(home.path("HEAD"), with: Array(repeating: 0x5A, count: 8192))
    expectDamage(home, "HEAD")
  }

  @Test("one torn slot of HEAD leaves the other")
  func tornHead() throws {
    let home = try livedIn()
    let before = try head(home)
    for offset in [0, 4096] {
      let whole = try bytes(home, "HEAD")
      var torn = whole
      for index in 50..<80 { torn[offset + index] ^= 0xFF }
      try FileSystem.replace(home.path("HEAD"), with: torn)
      #expect(try head(home) == before)
      try FileSystem.replace(home.path("HEAD"), with: whole)
    }
  }

  @Test("a HEAD behind the log is moved up by the next that writes")
  func headBehind() throws {
    let home = try livedIn()
    let old = try bytes(home, "HEAD")
    try append(home, .start(), .accept())
    try FileSystem.replace(home.path("HEAD"), with: old)
    let behind = try #require(try Head(home.path("HEAD")).mark()).position
    let end = try head(home)
    #expect(behind < end)
    try append(home, .submit())  // an old command, answered again: that acknowledges too
    #expect(try Head(home.path("HEAD")).mark()?.position == end)
  }

  @Test(
    "views that can be read and not written are replaced by a replay",
    arguments: ["no page", "the page of a long value"])
  func lostFreeList(_ kind: String) throws {
    let home = try livedIn()
    try append(home, .start(), .accept())
    let file = try DataFile(home.path("views/1/data.mdb"))
    try file.spoil { bytes in
      // The page of free pages, as each of the two meta pages names it.
      for page in [0, 4096].map({ file.word($0 + 80) * 4096 }) {
        if kind == "no page" {
          bytes.replaceSubrange(page..<page + 4096, with: repeatElement(0, count: 4096))
        } else {
          bytes[page + 10] ^= 4
        }
      }
    }
    #expect(try verified(home).filter { !$0.isOK }.map(\.name) == ["views"])
    let before = try head(home)
    let report = try Books(home.home).replay(.swap)
    #expect(report.events == before && report.generation > 1)
    try append(home, .observe(.succeeded()))
    try Acknowledged().check(home.home)
  }

  func verified(_ home: TemporaryHome) throws -> [VerifyCheck] {
    var checks: [VerifyCheck] = []
    var verification = Verification(home.home) { checks.append($0) }
    _ = try verification.run()
    return checks
  }

  @Test("a log whose free pages are not free is damage, though every row of it is right")
  func usedAndFree() throws {
    let home = try livedIn()
    try append(home, .start(), .accept())
    let file = try DataFile(home.path("log/data.mdb"))
    #expect(file.word(file.freeList) > 0)
    // The page that the table of tables lies on.
    let used = file.bytes[file.newest + 128..<file.newest + 136]
    try file.spoil { $0.replaceSubrange(file.freeList + 8..<file.freeList + 16, with: used) }
    let failed = try verified(home).filter { !$0.isOK }
    #expect(failed.map(\.name) == ["pages"])
    #expect(failed.first?.detail.contains("both in use and free") == true)
    // A backup copies rows, and not pages.
    let elsewhere = try TemporaryHome()
    let backup = elsewhere.path("backup")
    _ = try Books(home.home).backUp(to: backup)
    _ = try Books.restore(home.home, from: backup, acceptsLoss: false, actor: .cli, by: "tester")
    #expect(try verified(home).allSatisfy(\.isOK))
    try append(home, .observe(.succeeded()))
  }

  @Test("another ledger's HEAD is refused")
  func foreignHead() throws {
    let home = try livedIn()
    try FileSystem.replace(home.path("HEAD"), with: try bytes(try livedIn(), "HEAD"))
    expectDamage(home, "another log")
  }

  @Test("an older copy of the log is refused: acknowledged events are missing")
  func olderLog() throws {
    let home = try livedIn()
    let old = try bytes(home, "log/data.mdb")
    try append(home, .start(), .accept())
    try FileSystem.replace(home.path("log/data.mdb"), with: old)
    expectDamage(home, "acknowledged events are missing")
  }

  @Test("a log that is gone is refused, and not made anew over its HEAD")
  func goneLog() throws {
    let home = try livedIn()
    try FileSystem.removeTree(home.path("log"))
    expectDamage(home, "the log is gone")
    #expect(throws: BooksError.self) { try Books.create(home.home, program: "test", by: nil) }
    #expect(!FileSystem.exists(home.path("log")))
  }

  @Test("a log of another history under the same HEAD is refused")
  func otherHistory() throws {
    let home = try livedIn()
    let old = try bytes(home, "log/data.mdb")
    try append(home, .grant("1"))
    let head = try bytes(home, "HEAD")
    try FileSystem.replace(home.path("log/data.mdb"), with: old)
    // as if that grant had never been: rewind the witness, write something else, put it back
    try FileSystem.remove(home.path("HEAD"))
    let log = try Log(home.path("log"))
    let end = try log.read().end()
    var witness = try Head(home.path("HEAD"))
    let meta = try log.read().meta()
    try witness.write(
      HeadMark(
        ledgerID: meta.ledgerID, incarnation: 1, position: end.position, hash: end.hash))
    try append(home, .grant("2"))
    try FileSystem.replace(home.path("HEAD"), with: head)
    expectDamage(home, "chain hash")
  }

  @Test("any flipped bit in the newer meta page's transaction id is refused", arguments: 0..<64)
  func flippedMeta(_ bit: Int) throws {
    let home = try livedIn()
    var file = try bytes(home, "log/data.mdb")
    let first: UInt64 = file.bytes.littleEndian(at: 144)
    let second: UInt64 = file.bytes.littleEndian(at: 4096 + 144)
    file[(first > second ? 144 : 4096 + 144) + bit / 8] ^= 1 << (bit % 8)
    try FileSystem.replace(home.path("log/data.mdb"), with: file)
    #expect(throws: BooksError.self) { try Books(home.home) }
  }

  @Test(
    "a meta page that LMDB believes and should not is damage in the log, and views are rebuilt",
    arguments: [
      (DataFile.pageSize + 1, 4, "pages of"), (DataFile.pageSize + 3, 7, "pages of"),
      (DataFile.freeFlags, 2, "of another kind"), (DataFile.lastPage + 3, 0, "the last page is"),
      (DataFile.lastPage + 5, 6, "the last page is"),
      (DataFile.lastPage + 7, 4, "the last page is"),
      (DataFile.transaction + 7, 7, "do not follow one another"),
    ])
  func badMeta(_ byte: Int, _ bit: Int, _ words: String) throws {
    let home = try livedIn()
    let before = try head(home)
    func flip(_ path: String) throws {
      let file = try DataFile(home.path(path))
      try file.spoil { $0[file.newest + byte] ^= 1 << bit }
    }
    try flip("views/\(try #require(try Generation.numbers(in: home.home).last))/data.mdb")
    #expect(try head(home) == before)
    try append(home, .grant("1"))
    try flip("log/data.mdb")
    expectDamage(home, words)
  }

  @Test("a table of another kind than it must be is damage in the log, and views are rebuilt")
  func otherKind() throws {
    for (table, bit) in [("blobs", 4), ("jobs", 8), ("names", 8), ("due", 4)] as [(_, UInt8)] {
      let home = try livedIn()
      let before = try head(home)
      let isLog = table == "blobs"
      let file = try DataFile(home.path(isLog ? "log/data.mdb" : "views/1/data.mdb"))
      let flags = try file.flags(of: table)
      try file.spoil { $0[flags] ^= bit }
      if isLog {
        expectDamage(home, "mdb_dbi_open blobs")
      } else {
        #expect(try head(home) == before, "\(table)")
        try append(home, .start())
        #expect(try verified(home).allSatisfy(\.isOK), "\(table)")
      }
    }
  }

  @Test("a data file cut to nothing, or to less than its meta pages, is refused")
  func cutFile() throws {
    for size in [0, 1, 4096, 8191] {
      let home = try livedIn()
      let file = try bytes(home, "log/data.mdb")
      try FileSystem.replace(home.path("log/data.mdb"), with: Array(file.prefix(size)))
      expectDamage(home, "cannot be read whole")
    }
  }

  @Test("a home of a newer program is refused as that, not as damage")
  func newer() throws {
    for change in [\LogMeta.format, \LogMeta.minimumWriter] {
      let home = try livedIn()
      do {
        let log = try Log(home.path("log"))
        var meta = try log.read().meta()
        meta[keyPath: change] += 1
        let transaction = try log.environment.write()
        let (key, row) = (LogMeta.key, meta.encoded)
        try transaction.put(log.tables.meta, key.bytes, row.bytes)
        try transaction.commit()
      }
      do {
        _ = try Books(home.home)
        Issue.record("the home opened")
      } catch .newer {
      } catch {
        Issue.record("\(error)")
      }
    }
  }

  @Test("a meta row with a flipped bit is damage, in every one of its bytes")
  func metaRow() throws {
    let home = try livedIn()
    let good = try Log(home.path("log")).read().meta().encoded
    for index in good.indices {
      var row = good
      row[index] ^= 1 << UInt8(index % 8)
      #expect(LogMeta(row.bytes) == nil)
    }
    #expect(LogMeta(good.bytes)?.encoded == good)
    // as older programs wrote it
    #expect(LogMeta(good.bytes.extracting(0..<32))?.encoded == good)
  }
}
