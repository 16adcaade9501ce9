// SIGKILL at random moments: what was acknowledged is there.

import Glibc
@testable import Ledger
import Posix
import Support
import Testing

@Suite("Kills", .seeded) struct KillTests {
  /// How often; `LEDGER_KILLS` for long runs.
  private static let kills = getenv("LEDGER_KILLS").flatMap { Int(String(cString: $0)) } ?? 300

  @Test("a writer killed again and again loses nothing that it acknowledged")
  func writer() throws {
    var random = Seed.generator(for: "kills")
    let home = try TemporaryHome()
    var acknowledged = Acknowledged()
    for number in 1...KillTests.kills {
      let child = try Child.torture("append", home.home, "k\(number)")
      usleep(UInt32.random(in: 0...40_000, using: &random))
      child.kill()
      try acknowledged.collect(child)
      if number % 100 == 0 { try acknowledged.check(home.home) }
    }
    #expect(acknowledged.count > KillTests.kills, "most lived long enough to write")
    try acknowledged.check(home.home)
  }

  @Test("a home whose maker was killed is whole or not there, and can be made")
  func creation() throws {
    var random = Seed.generator(for: "killed creation")
    for _ in 1...40 {
      let home = try TemporaryHome(isCreated: false)
      let child = try Child.torture("create", home.home)
      usleep(UInt32.random(in: 0...14_000, using: &random))
      child.kill()
      if child.lines == ["created"] {
        _ = try Books(home.home)
      } else if !home.home.isInitialised {
        #expect(throws: BooksError.notInitialised(path: home.path)) { try Books(home.home) }
        try Books.create(home.home, program: "test", by: nil)
      }
      #expect(try Books(home.home).read { $0.head } == 1)
      try Acknowledged().check(home.home)
    }
  }

  @Test("what a killed maker left behind is swept away")
  func halfMade() throws {
    let home = try TemporaryHome(isCreated: false)
    let old = try TemporaryHome()
    try FileSystem.makeDirectories(home.path("log.new-abc"))
    try FileSystem.replace(home.path("log.new-abc/data.mdb"), with: [])
    // HEAD of the log that never came into place
    let head = try #require(try FileSystem.read(old.path("HEAD")))
    try FileSystem.replace(home.path("HEAD"), with: head)
    #expect(throws: BooksError.notInitialised(path: home.path)) { try Books(home.home) }
    try Books.create(home.home, program: "test", by: nil)
    #expect(!FileSystem.exists(home.path("log.new-abc")))
    #expect(try Books(home.home).read { $0.head } == 1)
  }
}
