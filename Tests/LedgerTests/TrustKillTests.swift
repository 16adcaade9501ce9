// SIGKILL at random moments of an erasure, a backup, a restore: the old home or the new one, whole.

import Glibc
@testable import Ledger
import Posix
import Support
import Testing

@Suite("Kills of whole-log work", .seeded) struct TrustKillTests {
  /// How often; `LEDGER_KILLS` for long runs.
  private static let kills = getenv("LEDGER_KILLS").flatMap { Int(String(cString: $0)) } ?? 40

  @Test("erasures killed beside writers lose nothing that was acknowledged, and what is erased is")
  func erasure() throws {
    var random = Seed.generator(for: "killed erasures")
    let home = try TemporaryHome()
    var acknowledged = Acknowledged()
    for number in 1...TrustKillTests.kills {
      let writer = try Child.torture("append", home.home, "e\(number)")
      let eraser = try Child.torture("forget", home.home)
      usleep(UInt32.random(in: 5000...60_000, using: &random))
      if number % 2 == 0 { writer.kill() }
      eraser.kill()
      writer.kill()
      try acknowledged.collect(writer)
      #expect(
        eraser.lines.allSatisfy { $0 == "open" || $0.hasPrefix("erased ") }, "\(eraser.lines)")
    }
    try acknowledged.check(home.home)
    let books = try Books(home.home)
    #expect(try FileSystem.list(home.path).filter { $0.hasPrefix("log") } == ["log"])
    _ = try? books.forget(account: "gone", reason: nil, actor: .cli, by: nil)
    #expect(try Canary.places(in: home.path) == [])
    #expect(acknowledged.count > 0, "writers wrote between the erasures")
  }

  @Test("a killed backup is complete or not there")
  func backup() throws {
    var random = Seed.generator(for: "killed backups")
    let home = try TemporaryHome()
    let shelf = try FileSystem.makeTemporaryDirectory(prefix: "/tmp/ledger-backup-")
    defer { try? FileSystem.removeTree(shelf) }
    try Canary.plant(in: try Books(home.home), job: "j1")
    for number in 1...TrustKillTests.kills {
      let child = try Child.torture("backup", home.home, "\(shelf)/b\(number)")
      usleep(UInt32.random(in: 0...25_000, using: &random))
      child.kill()
      guard FileSystem.exists("\(shelf)/b\(number)") else { continue }
      let place = Home("\(shelf)/h\(number)")
      _ = try Books.restore(
        place, from: "\(shelf)/b\(number)", acceptsLoss: false, actor: .cli, by: nil)
    }
  }

  @Test("a killed restore leaves the books as they were, or restored; an empty place empty, or not")
  func restore() throws {
    var random = Seed.generator(for: "killed restores")
    let home = try TemporaryHome()
    let shelf = try FileSystem.makeTemporaryDirectory(prefix: "/tmp/ledger-backup-")
    defer { try? FileSystem.removeTree(shelf) }
    try Canary.plant(in: try Books(home.home), job: "j1")
    let saved = try Books(home.home).backUp(to: shelf + "/b").position
    for number in 1...TrustKillTests.kills {
      try Canary.run(try Books(home.home), .grant("1"))
      let (before, incarnation) = try Books(home.home).read { ($0.head, try $0.incarnation) }
      let fresh = Home("\(shelf)/h\(number)")
      let children = try [
        Child.torture("restore", home.home, shelf + "/b"),
        Child.torture("restore", fresh, shelf + "/b"),
      ]
      usleep(UInt32.random(in: 0...30_000, using: &random))
      for child in children { child.kill() }
      let books = try Books(home.home)
      let head = try books.read { $0.head }
      let isNew = books.meta.incarnation > incarnation
      #expect(isNew ? head == saved + 2 : head == before, "\(head), \(before), \(saved)")
      if fresh.isInitialised {
        #expect(try Books(fresh).read { $0.head } == saved + 2)
      } else {
        #expect(throws: BooksError.notInitialised(path: fresh.path)) { try Books(fresh) }
        _ = try Books.restore(
          fresh, from: shelf + "/b", acceptsLoss: false, actor: .cli, by: nil)
      }
    }
    try Acknowledged().check(home.home)
  }
}
