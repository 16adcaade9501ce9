// Replay, verify and the group-commit writer over a home with some life in it.

@testable import Ledger
import LMDB
import Posix
import Support
import Synchronization
import Testing
import Wire

/// A home with an account and `jobs` finished jobs.
func livelyHome(jobs: Int) throws -> (Home, Books) {
  let home = Home(try FileSystem.makeTemporaryDirectory(prefix: "/tmp/ledger-test-"))
  try Books.create(home, program: "test", by: "tester")
  let books = try Books(home)
  let now = Timestamp(microseconds: Clock.wallMicroseconds())
  var commands = [
    Command(.grant(Grant(account: "acme", amount: Credits("10000")!)), actor: .cli)
  ]
  for number in 1...jobs {
    let id = "job-\(number)"
    var success = Observation(source: .poll(.status), word: "succeeded", reading: .succeeded)
    success.outputs = [.init(url: "https://example.com/\(number).mp4")]
    let actions: [JobCommand] = [
      .startDispatch(DispatchStart(nextAt: now)),
      .accept(Acceptance(via: .submit, handle: FoundHandle(externalID: "p\(number)"), nextAt: now)),
      .observe(success),
    ]
    let submission = Submission(
      id: id, account: "acme", provider: "replicate", hold: Credits("1")!,
      input: ["n": .int(number)])
    commands.append(Command(.submit(submission), actor: .api))
    commands += actions.map { Command(.job(id, $0), actor: .poller) }
  }
  for result in try books.append(commands) { _ = try result.get() }
  return (home, books)
}

@Suite("Replay and verify") struct ReplayTests {
  @Test("a replay's views equal the live ones, and then serve")
  func replay() throws {
    let (home, books) = try livelyHome(jobs: 200)
    defer { try? FileSystem.removeTree(home.path) }
    let checked = try books.replay(.check)
    #expect(checked.differences == [] && !checked.isSwapped)
    let report = try books.replay(.swap)
    #expect(report.differences == [] && report.isSwapped && report.digest == checked.digest)
    let head = try books.read { $0.head }
    #expect(head == report.head)
  }

  @Test("verify finds a healthy home healthy")
  func verify() throws {
    let (home, _) = try livelyHome(jobs: 50)
    defer { try? FileSystem.removeTree(home.path) }
    var checks: [VerifyCheck] = []
    var verification = Verification(home) { checks.append($0) }
    let head = try verification.run()
    #expect(verification.isOK, "\(checks)")
    #expect(head > 200)
  }

  /// What verify says of the views.
  private func views(_ home: Home) throws -> VerifyCheck {
    var found: VerifyCheck?
    var verification = Verification(home) { if $0.name == "views" { found = $0 } }
    _ = try verification.run()
    return try #require(found)
  }

  @Test("views behind the log's end are compared where they are", arguments: [false, true])
  func behind(_ isWrong: Bool) throws {
    let (home, books) = try livelyHome(jobs: 3)
    defer { try? FileSystem.removeTree(home.path) }
    let position = try books.read { $0.head }
    // The log has a commit that the views lack: the writer died between the two.
    books.interruption = { if $0 == .logged { throw BooksError.busy("dies here") } }
    let grant = Command(.grant(Grant(account: "acme", amount: Credits("1")!)), actor: .cli)
    #expect(throws: BooksError.self) { try books.append([grant]) }
    if isWrong {
      let views = try books.generation.write()
      let more: [UInt8] = [0xFF]
      let meta = views.source.tables[.meta]
      try views.source.transaction.put(meta, more.span.bytes, more.span.bytes)
      try views.commit()
    }
    let check = try views(home)
    #expect(check.isOK != isWrong)
    #expect(check.detail.contains(isWrong ? "totals" : "\(position) events"), "\(check)")
  }

  @Test("views without room on the disk are in memory, and serve until there are others")
  func inMemory() throws {
    let (home, books) = try livelyHome(jobs: 3)
    defer { try? FileSystem.removeTree(home.path) }
    let before = try books.read { ($0.head, $0.totals.captured) }
    try FileSystem.removeTree(home.views)
    var fold = try Fold(from: NoRows())
    try books.log.read().events(from: 1) { event in
      try fold.apply(event, NoRows())
      return true
    }
    books.generation = try Generation.buildInMemory(&fold)
    #expect(try books.read { $0.head == before.0 && $0.totals.captured == before.1 })
    #expect(!FileSystem.exists(home.current), "nobody built others")
    // Somebody else finds room: theirs serve from then on.
    _ = try Books(home).append(
      Command(.grant(Grant(account: "acme", amount: Credits("1")!)), actor: .cli))
    #expect(try books.read { $0.head } == before.0 + 1)
    #expect(books.generation.number == 1)
  }

  @Test("views that lost their place are not caught up on top of their rows, but built anew")
  func lostPlace() throws {
    let (home, books) = try livelyHome(jobs: 3)
    defer { try? FileSystem.removeTree(home.path) }
    let before = try books.read { $0.totals.captured }
    // What is left when the page with the views' own position is gone.
    var nothing = try Fold(from: NoRows())
    try Generation.build(&nothing, in: home).publish(in: home)
    #expect(try Generation.current(of: home) == nil)
    let reopened = try Books(home)
    #expect(try reopened.read { $0.totals.captured } == before)
    #expect(try reopened.replay(.check).differences == [])
  }

  @Test("many threads share commits and each gets its own answer")
  func writer() throws {
    let (home, books) = try livelyHome(jobs: 1)
    defer { try? FileSystem.removeTree(home.path) }
    let writer = Writer(books)
    let positions = Mutex<Set<Position>>([])
    let workers = (0..<16).map { caller in
      let worker = Worker()
      worker.start(named: "caller-\(caller)") {
        for number in 0..<20 {
          let grant = Grant(account: "a\(caller)", amount: Credits(micros: Int64(number) + 1))
          if let receipt = try? writer.append(Command(.grant(grant), actor: .api)) {
            positions.withLock { _ = $0.insert(receipt.position) }
          }
        }
      }
      return worker
    }
    for worker in workers { worker.join() }
    writer.close()
    #expect(positions.withLock { $0.count } == 320)
    #expect(throws: BooksError.self) {
      try writer.append(Command(.grant(Grant(account: "z", amount: Credits("1")!)), actor: .api))
    }
    #expect(try books.replay(.check).differences == [])
  }
}
