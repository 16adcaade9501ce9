// A backup is complete or not there; a restore loses nothing that it does not name, and nothing is
// sent twice after it.

import Glibc
@testable import Ledger
import LMDB
import Posix
import Support
import Testing
import Wire

@Suite("Backup and restore", .seeded) struct BackupTests {
  /// A directory beside the homes, gone with the test.
  private final class Shelf {
    let path: String
    init() throws { path = try FileSystem.makeTemporaryDirectory(prefix: "/tmp/ledger-backup-") }
    deinit { try? FileSystem.removeTree(path) }
    func callAsFunction(_ name: String) -> String { path + "/" + name }
  }

  private func livedIn() throws -> TemporaryHome {
    let home = try TemporaryHome()
    try Canary.plant(in: try Books(home.home), job: "j1")
    return home
  }

  private func backUp(_ home: TemporaryHome, to directory: String) throws -> BackupReport {
    try Books(home.home).backUp(to: directory)
  }

  private func restore(
    _ home: Home, from directory: String, acceptsLoss: Bool = false
  ) throws -> RestoreReport {
    try Books.restore(
      home, from: directory, acceptsLoss: acceptsLoss, actor: .cli, by: "tester")
  }

  private func records(_ home: Home, through last: Position) throws -> [Digest] {
    try Books(home).read { snapshot in
      try (1...last).map { try #require(try snapshot.log.hash(at: $0)) }
    }
  }

  @Test("a restored home is its source at its head, with settings but without secrets and keys")
  func roundTrip() throws {
    let (home, shelf) = (try livedIn(), try Shelf())
    for (name, text) in [
      ("providers/mine.json", "{}"), ("config.json", "{}"), ("secrets/replicate", "secret"),
      ("providers/.hidden.json", "{}"),
    ] {
      try FileSystem.makeDirectories(FileSystem.parent(of: home.path(name))!)
      try FileSystem.replace(home.path(name), with: Array(text.utf8))
    }
    _ = try Books(home.home).signCheckpoint(actor: .cli, by: nil)
    let report = try backUp(home, to: shelf("b"))
    let end = try Books(home.home).read { $0.head }
    #expect(report.position == end && report.incarnation == 1)
    #expect(
      try FileSystem.list(shelf("b")) == ["HEAD", "backup.json", "config.json", "log", "providers"])
    #expect(try FileSystem.list(shelf.path) == ["b"])
    let place = Home(shelf("new/home"))
    let restored = try restore(place, from: shelf("b"))
    #expect(restored.backupHead == end && restored.incarnation == 2 && restored.lost == nil)
    #expect(try records(place, through: end) == records(home.home, through: end))
    #expect(try FileSystem.list(place.path + "/providers") == ["mine.json"])
    #expect(!FileSystem.exists(place.path + "/secrets") && !FileSystem.exists(place.keys))
    let books = try Books(place)
    #expect(books.meta.incarnation == 2)
    try books.read { snapshot in
      let (incarnation, pauses) = (try snapshot.incarnation, try snapshot.pauses())
      #expect(incarnation == 2 && snapshot.head == restored.position && pauses.count == 1)
    }
    try Acknowledged().check(place)
  }

  @Test("erased text is in no backup")
  func erased() throws {
    let (home, shelf) = (try livedIn(), try Shelf())
    let books = try Books(home.home)
    _ = try books.forget(account: "acme", reason: nil, actor: .cli, by: nil)
    _ = try books.backUp(to: shelf("b"))
    #expect(try Canary.places(in: shelf.path) == [])
  }

  @Test("a backup taken while processes append is some moment of the log, whole")
  func hot() throws {
    let (home, shelf) = (try TemporaryHome(), try Shelf())
    let writers = try ["a", "b"].map { try Child.torture("append", home.home, $0) }
    for number in 1...10 {
      let report = try backUp(home, to: shelf("b\(number)"))
      let place = Home(shelf("h\(number)"))
      #expect(try restore(place, from: shelf("b\(number)")).backupHead == report.position)
    }
    var acknowledged = Acknowledged()
    for writer in writers {
      writer.kill()
      try acknowledged.collect(writer)
    }
    try acknowledged.check(home.home)
    for number in 1...10 { try Acknowledged().check(Home(shelf("h\(number)"))) }
  }

  @Test("a place that is not empty, in the home, or around it is refused")
  func places() throws {
    let (home, shelf) = (try livedIn(), try Shelf())
    try FileSystem.makeDirectories(shelf("full/x"))
    try FileSystem.makeDirectories(shelf("empty"))
    _ = symlink(home.path, shelf("link"))
    for place in [
      shelf("full"), home.path("backup"), home.path, home.path("log/../backup"), shelf("link/b"),
      FileSystem.parent(of: home.path)!, shelf("nowhere/at/all"), shelf("empty/.."),
    ] {
      #expect(throws: Refusal.self, "\(place)") { try backUp(home, to: place) }
    }
    _ = try backUp(home, to: shelf("empty/"))
    #expect(FileSystem.exists(shelf("empty/backup.json")))
  }

  @Test("a damaged, incomplete or strange backup is refused, and nothing is touched")
  func damaged() throws {
    let (home, shelf) = (try livedIn(), try Shelf())
    _ = try backUp(home, to: shelf("b"))
    let place = Home(shelf("new"))
    for name in ["log/data.mdb", "HEAD", "backup.json"] {
      let path = shelf("b/\(name)")
      let whole = try #require(try FileSystem.read(path, limit: 1 << 28))
      var flipped = whole
      flipped[whole.count / 2] ^= 1
      // A digit of a hash in the other case reads the same, and was not written so.
      var cased = whole
      let digit = whole.lastIndex { (0x61...0x66).contains($0) }
      cased[name == "backup.json" ? try #require(digit) : whole.count / 2] ^= 0x20
      for broken in [flipped, cased, Array(whole.dropLast()), []] {
        try FileSystem.replace(path, with: broken)
        #expect(throws: BooksError.self, "\(name)") { try restore(place, from: shelf("b")) }
      }
      try FileSystem.remove(path)
      #expect(throws: BooksError.self) { try restore(place, from: shelf("b")) }
      try FileSystem.replace(path, with: whole)
    }
    #expect(!FileSystem.exists(place.path))
    #expect(throws: BooksError.self) { try restore(place, from: shelf("nowhere")) }
    #expect(throws: BooksError.self) { try restore(place, from: home.path) }
  }

  @Test(
    "a manifest that names a file elsewhere is refused",
    arguments: [
      "../x", "providers/../../x.json", "/etc/passwd", "providers/a/b.json", "log/lock.mdb",
      "secrets/replicate", "keys/checkpoint", "providers/..json", "",
    ])
  func traversal(_ path: String) throws {
    #expect(!BackupManifest.isAllowed(path))
    let (home, shelf) = (try livedIn(), try Shelf())
    _ = try backUp(home, to: shelf("b"))
    let text = try #require(try FileSystem.read(shelf("b/backup.json")))
    var json = try #require(try JSON(parsing: text).object)
    var files = try #require(json["files"]?.object)
    files[path] = files["HEAD"]
    json["files"] = .object(files)
    try FileSystem.replace(shelf("b/backup.json"), with: JSON.object(json).bytes)
    #expect(throws: BooksError.self) { try restore(Home(shelf("new")), from: shelf("b")) }
  }

  @Test("a symbolic link in a backup is not followed")
  func link() throws {
    let (home, shelf) = (try livedIn(), try Shelf())
    try FileSystem.makeDirectories(home.home.providers)
    try FileSystem.replace(home.home.providers + "/p.json", with: Array("{}".utf8))
    _ = try backUp(home, to: shelf("b"))
    try FileSystem.replace(shelf("outside"), with: Array("{}".utf8))
    try FileSystem.remove(shelf("b/providers/p.json"))
    _ = symlink(shelf("outside"), shelf("b/providers/p.json"))
    #expect(throws: BooksError.self) { try restore(Home(shelf("new")), from: shelf("b")) }
  }

  @Test("a restore over the same ledger names what it would lose, and wants to be told")
  func loss() throws {
    let (home, shelf) = (try livedIn(), try Shelf())
    let report = try backUp(home, to: shelf("b"))
    try Canary.run(try Books(home.home), .grant("1"), .grant("2"))
    do {
      _ = try restore(home.home, from: shelf("b"))
      Issue.record("restored")
    } catch let refusal as Refusal {
      #expect(refusal.message.contains("2 acknowledged events"))
      #expect(refusal.message.contains("\(report.position + 1) to \(report.position + 2)"))
    }
    #expect(try Books(home.home).read { $0.head } == report.position + 2)
    let restored = try restore(home.home, from: shelf("b"), acceptsLoss: true)
    #expect(restored.lost == report.position + 1...report.position + 2)
    try Acknowledged().check(home.home)
    // and over that again: now the restore's own events are what is lost
    let again = try restore(home.home, from: shelf("b"), acceptsLoss: true)
    #expect(again.incarnation == 3 && again.lost == report.position + 1...restored.position)
    try Acknowledged().check(home.home)
  }

  @Test("nothing is lost where the backup has all: no loss to accept, even of a damaged log")
  func overDamage() throws {
    let (home, shelf) = (try livedIn(), try Shelf())
    let report = try backUp(home, to: shelf("b"))
    try FileSystem.replace(home.path("log/data.mdb"), with: Array(repeating: 0x5A, count: 20_000))
    #expect(throws: BooksError.self) { try Books(home.home) }
    #expect(try restore(home.home, from: shelf("b")).lost == nil)
    #expect(try Books(home.home).read { $0.head } > report.position)
    try Acknowledged().check(home.home)
    try FileSystem.removeTree(home.path("log"))
    #expect(throws: Refusal.self) { try restore(home.home, from: shelf("b")) }
    _ = try restore(home.home, from: shelf("b"), acceptsLoss: true)
    try Acknowledged().check(home.home)
  }

  @Test("another ledger is not overwritten, nor one that somebody has open")
  func strangers() throws {
    let (home, other, shelf) = (try livedIn(), try livedIn(), try Shelf())
    _ = try backUp(home, to: shelf("b"))
    #expect(throws: Refusal.self) {
      try restore(other.home, from: shelf("b"), acceptsLoss: true)
    }
    let books = try Books(home.home)
    #expect(throws: BooksError.self) { try restore(home.home, from: shelf("b")) }
    #expect(try books.read { $0.head } > 1)
  }

  @Test("a closed home is free though a child that is about to exec still has its descriptors")
  func forked() throws {
    let (home, shelf) = (try livedIn(), try Shelf())
    _ = try backUp(home, to: shelf("b"))
    var books: Books? = try Books(home.home)
    // What fork(2) gives to a child: another descriptor of the same open file.
    let open = try FileSystem.list("/proc/self/fd").compactMap { Int32($0) }
    let users = open.filter {
      (try? FileSystem.canonical("/proc/self/fd/\($0)"))
        == (try? FileSystem.canonical(home.path("USERS")))
    }
    let copies = users.map { dup($0) }
    defer { for copy in copies { close(copy) } }
    #expect(copies.count == 1 && books != nil)
    books = nil
    _ = try restore(home.home, from: shelf("b"), acceptsLoss: true)
  }

  @Test("a submit that was under way becomes uncertain, what waits stays and is not sent")
  func sending() throws {
    let (home, shelf) = (try TemporaryHome(), try Shelf())
    try Canary.run(
      try Books(home.home), .grant("100"), .submit("waiting"), .submit("sending"),
      .start("sending"), .submit("own"), .start("own", own: "own"), .submit("there"),
      .start("there"), .accept("there", external: "x"))
    _ = try backUp(home, to: shelf("b"))
    let restored = try restore(home.home, from: shelf("b"))
    #expect(restored.uncertain == ["sending"] && restored.waiting == ["waiting"])
    let books = try Books(home.home)
    try books.read { snapshot in
      for (id, state) in [
        ("waiting", JobState.submitted), ("sending", .uncertain), ("own", .dispatching),
        ("there", .dispatched),
      ] {
        #expect(try snapshot.status(job: id, now: .epoch)?.state == state, "\(id)")
      }
      #expect(snapshot.totals.held == Credits("20"))
      let number = try #require(try snapshot.jobNumber("waiting"))
      let account = try #require(try snapshot.job(number)?.account)
      #expect(try snapshot.pause(provider: "replicate", account: account) != nil)
    }
    try Canary.run(books, .unpause(provider: nil, account: nil))
    try Acknowledged().check(home.home)
  }

  @Test("where more may have happened since the backup, a job not sent by then is in doubt")
  func sentSince() throws {
    let (home, shelf) = (try TemporaryHome(), try Shelf())
    try Canary.run(try Books(home.home), .grant("100"), .submit("waiting"))
    _ = try backUp(home, to: shelf("b"))
    try Canary.run(try Books(home.home), .start("waiting"), .accept("waiting", external: "x"))
    let over = try restore(home.home, from: shelf("b"), acceptsLoss: true)
    let elsewhere = try TemporaryHome(isCreated: false)
    let new = try restore(elsewhere.home, from: shelf("b"))
    for (report, place) in [(over, home), (new, elsewhere)] {
      #expect(report.uncertain == ["waiting"] && report.waiting == [])
      let books = try Books(place.home)
      #expect(try books.read { try $0.status(job: "waiting", now: .epoch)?.state } == .uncertain)
      try Canary.run(books, .unpause(provider: nil, account: nil))
      #expect(throws: Refusal.self) {
        _ = try books.append(
          Command(.job("waiting", .startDispatch(DispatchStart(nextAt: .epoch))), actor: .poller))
      }
    }
  }

  @Test(
    "killed between the log's coming into place and HEAD: the restore is complete",
    arguments: [false, true])
  func halfDone(_ losesEvents: Bool) throws {
    let (home, shelf) = (try livedIn(), try Shelf())
    let report = try backUp(home, to: shelf("b"))
    if losesEvents { for _ in 1...9 { try Canary.run(try Books(home.home), .grant("1")) } }
    let head = try #require(try FileSystem.read(home.path("HEAD")))
    let restored = try restore(home.home, from: shelf("b"), acceptsLoss: losesEvents)
    try FileSystem.replace(home.path("HEAD"), with: head)
    try FileSystem.removeTree(home.path("views"))
    #expect(try Books(home.home).read { $0.head } == restored.position)
    let mark = try #require(try Head(home.path("HEAD")).mark())
    #expect(mark.position == restored.position && mark.incarnation == 2)
    #expect(restored.backupHead == report.position)
    try Acknowledged().check(home.home)
    // But a HEAD of that incarnation that saw more than the restore knew of is not explained.
    if losesEvents { return }
    var witness = try Head(home.path("HEAD"))
    var strange = mark
    (strange.incarnation, strange.position) = (1, report.position + 1)
    try witness.write(strange)
    #expect(throws: BooksError.self) { try Books(home.home) }
  }
}
