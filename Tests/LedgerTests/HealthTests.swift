// What the books tell those who watch over them: signs of life, charges without evidence, commits.

import Glibc
import Posix
import Support
import Testing
import Wire

@testable import Ledger

@Suite("Health", .seeded) struct HealthTests {
  private func poller(_ home: Home) throws -> File { try File(home.poller, O_RDWR | O_CREAT) }

  @Test("a heartbeat is read back with its process and its age, and taken back at the end")
  func heartbeat() throws {
    let place = try TemporaryHome(isCreated: false)
    let home = place.home
    #expect(home.heartbeat == nil && home.pollerHeartbeat == nil)
    let file = try poller(home)
    // What another process left is longer.
    try file.write(Array(String(repeating: "x", count: 200).utf8))
    #expect(home.heartbeat == nil)
    var writer = HeartbeatWriter()
    writer.beat(file)
    let beat = try #require(home.heartbeat)
    #expect(beat.processID == getpid() && beat.ageSeconds.isFinite)
    #expect(home.pollerHeartbeat == beat.at)
    // Within the same second nothing is written again.
    writer.beat(file)
    #expect(home.heartbeat?.at == beat.at)
    writer.end(file)
    #expect(home.heartbeat == nil)
  }

  @Test("a heartbeat's age is by the clock that nobody sets, and none of an earlier boot's counts")
  func age() throws {
    let line = Heartbeat.line(.epoch, boot: 5_000_000, bootID: "here")
    #expect(Heartbeat(line, boot: 17_000_000, bootID: "here")?.ageSeconds == 12)
    #expect(Heartbeat(line, boot: 1, bootID: "here")?.ageSeconds == 0)
    #expect(Heartbeat(line, boot: 17_000_000, bootID: "another")?.ageSeconds == .infinity)
  }

  @Test(
    "a line that is half there is no heartbeat",
    arguments: [
      "", "\n", "1 2", "1 1970-01-01T00:00:00Z 5 boot", "x 1970-01-01T00:00:00Z 5 boot\n",
      "1 yesterday 5 boot\n", "1 1970-01-01T00:00:00Z five boot\n",
      "1 1970-01-01T00:00:00Z 5 boot\n6 boot\n",
    ])
  func halfALine(_ text: String) {
    #expect(Heartbeat(text, boot: 9, bootID: "boot") == nil)
  }

  @Test("random histories hold no charge without evidence, read at once or as they grow")
  func sound() throws {
    let home = try BusyHome(seed: "captures")
    var growing = CaptureWatch()
    for _ in 0..<5 {
      try home.live(commands: 100)
      let books = try #require(home.books)
      while try growing.advance(books) {}
      let head = try books.read { $0.head }
      #expect(growing.count == 0 && growing.through == head)
    }
    let books = try #require(home.books)
    #expect(try books.read { $0.totals.captured > .zero })
    var whole = CaptureWatch()
    while try whole.advance(books) {}
    #expect(whole.count == 0 && whole.first == nil && whole.through == growing.through)
  }

  @Test("a charge that nothing earned is counted, with its position, once")
  func planted() throws {
    let home = try ForgedHome(.submit(), .start(), .accept(), .observe(.pending()))
    var planted: Position = 0
    try home.forge { first in
      planted = first + 1
      let charge = CreditCaptured(
        amount: Credits("2")!, lines: .acme("2"), account: ForgedHome.account, evidence: first)
      return [
        (.jobPolled(JobPolled(class: .ok, reading: .pending)), .epoch),
        (.creditCaptured(charge), nil),
      ]
    }
    let books = try Books(home.home)
    var watch = CaptureWatch()
    for _ in 0..<3 { while try watch.advance(books) {} }
    #expect(watch.count == 1 && watch.first == planted)
  }

  @Test("commits are counted under the first bound that they do not exceed")
  func commits() throws {
    let times = CommitTimes()
    for seconds in [0, 0.0005, 0.0006, 10, 11] { times.add(seconds: seconds) }
    let counts = times.now.counts
    #expect(counts.first == 2 && counts[1] == 1 && counts[counts.count - 2] == 1)
    #expect(counts.last == 1 && counts.count == CommitTimes.bounds.count + 1)
    #expect(CommitTimes.bounds == CommitTimes.bounds.sorted())
    let home = try TemporaryHome()
    let books = try Books(home.home)
    _ = try books.append(Command(.grant("1"), actor: .cli))
    _ = try books.append([Command(.grant("1"), actor: .cli), Command(.grant("1"), actor: .cli)])
    #expect(books.commitTimes.now.counts.reduce(0, +) == 2)
  }

  @Test("books whose commit failed say so without waiting")
  func poison() throws {
    let home = try TemporaryHome()
    let books = try Books(home.home)
    #expect(books.poison == nil)
    books.interruption = { _ in throw BooksError.busy("the disk failed") }
    #expect(throws: BooksError.self) { try books.append([Command(.grant("1"), actor: .cli)]) }
    #expect(books.poison != nil)
  }
}
