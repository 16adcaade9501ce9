// One job's whole life through the real log.

import Ledger
import Posix
import Support
import Testing
import Wire

@Suite("A job's life in the books", .seeded) struct SmokeTests {
  @Test("submit, dispatch, poll and capture leave balanced books")
  func life() throws {
    let home = Home(try FileSystem.makeTemporaryDirectory(prefix: "/tmp/ledger-test-"))
    defer { try? FileSystem.removeTree(home.path) }
    try Books.create(home, program: "test", by: "tester")
    let books = try Books(home)
    func run(_ action: Action) throws -> Receipt {
      try books.append(Command(action, actor: .cli, by: "tester"))
    }
    _ = try run(.grant(Grant(account: "acme", amount: Credits("100")!)))
    let submission = Submission(
      id: "j1", account: "acme", provider: "replicate", hold: Credits("5")!, input: ["prompt": "x"])
    let first = try run(.submit(submission))
    #expect(!first.isRepeated)
    let again = try run(.submit(submission))
    #expect(again.isRepeated && again.position == first.position)
    let later = Timestamp(microseconds: Clock.wallMicroseconds())
    _ = try run(.job("j1", .startDispatch(DispatchStart(nextAt: later))))
    _ = try run(
      .job(
        "j1",
        .accept(
          Acceptance(via: .submit, handle: FoundHandle(externalID: "p1"), nextAt: later))))
    var observation = Observation(
      source: .poll(.status), exchange: Exchange(httpStatus: 200), word: "processing",
      reading: .pending, nextAt: later)
    observation.fraction = 500_000
    _ = try run(.job("j1", .observe(observation)))
    observation.reading = .succeeded
    observation.word = "succeeded"
    observation.outputs = [.init(url: "https://x/y.mp4")]
    let done = try run(.job("j1", .observe(observation)))
    #expect(done.events.map(\.event.type) == [.jobPolled, .jobSucceeded, .creditCaptured])
    #expect(throws: Refusal.self) { try run(.job("j1", .cancel(reason: nil))) }
  }
}
