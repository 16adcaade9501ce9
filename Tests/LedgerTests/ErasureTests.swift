// What was erased is nowhere; all else is as it was, whoever had the books open.

import Glibc
@testable import Ledger
import LMDB
import Posix
import Support
import Testing
import Wire

@Suite("Erasure", .seeded) struct ErasureTests {
  private func forget(_ books: Books, _ account: String = "acme") throws -> ErasureReport {
    try books.forget(account: account, reason: "asked for", actor: .cli, by: "tester")
  }

  @Test("a forgotten account's text is in no byte of the home, and money and proofs stay")
  func forgotten() throws {
    let home = try TemporaryHome()
    let books = try Books(home.home)
    try Canary.plant(in: books, job: "j1")
    #expect(try Canary.places(in: home.path) != [])
    let (before, digest) = try books.read { ($0.totals, try $0.log.hash(at: $0.head)) }
    let head = try books.read { $0.head }
    let report = try forget(books)
    #expect(report.blobs > 5 && report.bytes > 0 && !report.isRepeated)
    #expect(try Canary.places(in: home.path) == [])
    #expect(try FileSystem.list(home.path).filter { $0.hasPrefix("log") } == ["log"])
    try books.read { snapshot in
      #expect(snapshot.head == head + 2 && snapshot.head == report.position)
      #expect(snapshot.totals == before)
      #expect(try snapshot.log.hash(at: head) == digest)
      let status = try #require(try snapshot.status(job: "j1", now: .epoch))
      #expect(status.json["meta"] == .null && status.error?.message == nil)
      let done = try #require(try snapshot.status(job: "j1-ok", now: .epoch))
      #expect(done.outputs.count == 1 && done.outputs[0]["url"] == .null)
      let timeline = try #require(try snapshot.timeline("j1"))
      #expect(timeline.rows.contains { $0.words.contains("(erased)") })
    }
    #expect(try books.replay(.check).differences == [])
    try Acknowledged().check(home.home)
  }

  @Test("the other accounts keep theirs")
  func others() throws {
    let home = try TemporaryHome()
    let books = try Books(home.home)
    try Canary.plant(in: books, job: "j1")
    try Canary.plant(in: books, job: "k1", account: "other")
    _ = try forget(books)
    try books.read { snapshot in
      let status = try #require(try snapshot.status(job: "k1", now: .epoch))
      #expect(status.error?.message == "no \(Canary.word)")
      #expect(status.json["meta"]?["user"]?.string == Canary.word)
    }
    _ = try forget(books, "other")
    #expect(try Canary.places(in: home.path) == [])
  }

  @Test("the same again does nothing and names the first; new text is erased again")
  func again() throws {
    let home = try TemporaryHome()
    let books = try Books(home.home)
    try Canary.plant(in: books, job: "j1")
    let first = try forget(books)
    let second = try forget(books)
    #expect(second.isRepeated && second.position == first.position - 1)
    try Canary.run(books, .grant("1", reason: Canary.word))
    #expect(try forget(books).blobs == 1)
    #expect(try Canary.places(in: home.path) == [])
    #expect(throws: Refusal.self) { try forget(books, "nobody") }
  }

  @Test("a job never sent is canceled, one at the provider goes on with its handle")
  func openJobs() throws {
    let home = try TemporaryHome()
    let books = try Books(home.home)
    var handle = FoundHandle(externalID: "x1")
    handle.urls = JSONObject([.init("status", "https://files.example/status")])
    try Canary.run(
      books, .grant("100"), .submit("waiting", input: ["p": .string(Canary.word)]),
      .submit("running", input: ["p": .string(Canary.word)]), .start("running"),
      .job("running", .accept(Acceptance(via: .submit, handle: handle, nextAt: .epoch))))
    let report = try forget(books)
    #expect(report.canceled == ["waiting"] && report.open == ["running"])
    #expect(try Canary.places(in: home.path) == [])
    try books.read { snapshot in
      #expect(try snapshot.status(job: "waiting", now: .epoch)?.state == .canceled)
      let number = try #require(try snapshot.jobNumber("running"))
      let details = try #require(try snapshot.details(number))
      #expect(details.handle?.urls["status"] == "https://files.example/status")
      #expect(snapshot.totals.held == Credits("5"))
    }
    try Canary.run(books, .observe("running", .succeeded()))
    #expect(try forget(books).blobs > 0)
    try Acknowledged().check(home.home)
  }

  @Test("whoever had the books open reads and appends in the new log")
  func openElsewhere() throws {
    let home = try TemporaryHome()
    let books = try Books(home.home)
    let other = try Books(home.home)
    try Canary.plant(in: other, job: "j1")
    #expect(try books.read { try $0.status(job: "j1", now: .epoch) }?.error?.message != nil)
    _ = try forget(other)
    #expect(try books.read { try $0.status(job: "j1", now: .epoch) }?.error?.message == nil)
    _ = try forget(other)
    try Canary.run(other, .grant("1", reason: "x"))
    _ = try forget(other)
    // without a read in between: the append itself must notice
    try Canary.run(books, .grant("7"))
    #expect(try other.read { $0.head } == books.read { $0.head })
    try Acknowledged().check(home.home)
  }

  @Test("text that was erased can be kept anew, and a repeated command is still the same")
  func keptAnew() throws {
    let home = try TemporaryHome()
    let books = try Books(home.home)
    try Canary.plant(in: books, job: "j1")
    _ = try forget(books)
    try Canary.run(books, .grant("1", reason: "kept"), .grant("1", reason: "kept"))
    let reasons = try books.read { snapshot in
      var reasons: [String?] = []
      try snapshot.log.events(from: 1) { event in
        if case .creditGranted(let body) = event.event, let reason = body.reason {
          reasons.append(try snapshot.text(reason))
        }
        return true
      }
      return reasons
    }
    #expect(reasons == [nil, "kept", "kept"])
    try Acknowledged().check(home.home)
  }

  @Test("prune takes ended jobs that were not heard of since, and only those")
  func pruned() throws {
    let home = try TemporaryHome()
    let clock = FakeClock()
    let books = try Books(home.home, clock: { clock.now })
    try Canary.plant(in: books, job: "old")
    clock.step(seconds: 1000)
    let time = clock.now
    clock.step(seconds: 1000)
    try Canary.run(
      books, .grant("100"), .submit("new", input: ["p": "new"]),
      .submit("open", input: ["p": "open"]))
    try Canary.run(books, .cancel("new"))
    let report = try books.prune(before: time, actor: .cli, by: nil)
    #expect(report.blobs > 5)
    try books.read { snapshot in
      #expect(try snapshot.status(job: "old", now: .epoch)?.error?.message == nil)
      for id in ["new", "open"] {
        let number = try #require(try snapshot.jobNumber(id))
        let input = try #require(try snapshot.details(number)?.submitted.input)
        #expect(try snapshot.json(input) == ["p": .string(id)])
      }
    }
    let again = try books.prune(before: time, actor: .cli, by: nil)
    #expect(again.isRepeated && again.position == report.position)
    try Acknowledged().check(home.home)
  }

  @Test("what a killed writer left in the file goes, too, though no row is left to erase")
  func leftover() throws {
    let home = try TemporaryHome()
    let books = try Books(home.home)
    try Canary.plant(in: books, job: "j1")
    let first = try forget(books)
    // A commit writes its pages and then the meta page: killed in between, they are on no tree.
    let file = home.path("log/data.mdb")
    let size = try #require(try FileSystem.status(file)).size
    let page = Array(Canary.word.utf8) + [UInt8](repeating: 0, count: 4096 - Canary.word.utf8.count)
    try File(file, O_RDWR).write(page, at: Int(size))
    #expect(try Canary.places(in: home.path) == [file])
    let again = try forget(books)
    #expect(again.isRepeated && again.blobs == 0)
    #expect(try books.read { $0.head } == first.position)
    #expect(try Canary.places(in: home.path) == [])
    try Canary.run(books, .grant("1"))
    try Acknowledged().check(home.home)
  }

  @Test(
    "ended at any step, the old log serves whole or the new one", arguments: CommitStage.allCases)
  func crash(_ stage: CommitStage) throws {
    let home = try TemporaryHome()
    var head: Position = 0
    do {
      let books = try Books(home.home)
      try Canary.plant(in: books, job: "j1")
      head = try books.read { $0.head }
      books.interruption = { if $0 == stage { throw BooksError.busy("a crash here") } }
      #expect(throws: BooksError.self) { try forget(books) }
      #expect(throws: BooksError.self) { try Canary.run(books, .grant("1")) }
    }
    let books = try Books(home.home)
    let isDone = stage != .decided
    #expect(try books.read { $0.head } == (isDone ? head + 2 : head))
    #expect(try Canary.places(in: home.path).isEmpty == isDone)
    #expect(try forget(books).isRepeated == isDone)
    #expect(try Canary.places(in: home.path) == [])
    try Acknowledged().check(home.home)
  }

  @Test("what a killed erasure left beside the log is swept away by the next that opens the home")
  func leftovers() throws {
    let home = try TemporaryHome()
    try FileSystem.makeDirectories(home.path("log.new-abc"))
    try FileSystem.replace(home.path("log.new-abc/data.mdb"), with: Array(Canary.word.utf8))
    _ = try Books(home.home)
    #expect(!FileSystem.exists(home.path("log.new-abc")))
  }
}
