// Answers about jobs: the waiting sentence, the time axis, made-up ids.

import Posix
import Synchronization
import Support
import Testing
import Wire

@testable import Ledger

@Suite("Queries") struct QueryTests {
  private static let noon = Timestamp("2026-11-21T12:00:00Z")!

  private func sentence(_ state: JobState, _ change: (inout Waiting) -> Void = { _ in }) -> String?
  {
    var job = Job()
    job.state = state
    job.attempts = 1
    job.nextAt = QueryTests.noon.advanced(seconds: 90)
    var waiting = Waiting(id: "j1", provider: "replicate", job: job, now: QueryTests.noon)
    change(&waiting)
    return waiting.sentence
  }

  @Test("every open state says what it waits for, and no ended one does")
  func everyState() {
    for state in JobState.allCases where state != .none {
      #expect((sentence(state) == nil) == state.isTerminal, "\(state)")
    }
  }

  @Test("a sentence names the time, the pause, the reason and the hold's end")
  func sentences() {
    #expect(sentence(.running) == "the next poll at 2026-11-21T12:01:30Z")
    #expect(
      sentence(.submitted) { $0.job.attempts = 0 } == "the poller, which submits it to replicate")
    let paused = sentence(.submitted) {
      $0.pause = 12
      $0.reason = "key refused"
    }
    #expect(paused?.hasPrefix("submission paused since position 12: key refused") == true)
    let parked = sentence(.parked) {
      $0.job.parkReason = .uncertainSubmit
      $0.reason = "look at their list"
    }
    #expect(parked == "a person: parked (uncertain_submit): look at their list")
    let held = sentence(.running) { $0.job.holdExpires = QueryTests.noon.advanced(seconds: 3600) }
    #expect(held?.hasSuffix("; held until 2026-11-21T13:00:00Z") == true)
  }

  @Test("the same polls are one row with their progress, another answer is another, silence shows")
  func timeline() throws {
    let home = Home(try FileSystem.makeTemporaryDirectory(prefix: "/tmp/ledger-test-"))
    defer { try? FileSystem.removeTree(home.path) }
    try Books.create(home, program: "test", by: "tester")
    let clock = Mutex(QueryTests.noon.advanced(seconds: 1_000_000_000))
    let books = try Books(home, clock: { clock.withLock { $0 } })
    func run(_ command: JobCommand, after seconds: Double) throws {
      clock.withLock { $0 = $0.advanced(seconds: seconds) }
      _ = try books.append(Command(.job("j1", command), actor: .poller))
    }
    let later = QueryTests.noon.advanced(seconds: 2_000_000_000)
    _ = try books.append(
      Command(
        .submit(Submission(id: "j1", account: "a", provider: "p", hold: .zero)), actor: .cli))
    try run(.startDispatch(DispatchStart(nextAt: later)), after: 1)
    try run(
      .accept(Acceptance(via: .submit, handle: FoundHandle(externalID: "x"), nextAt: later)),
      after: 1)
    var observation = Observation(
      source: .poll(.status), exchange: Exchange(httpStatus: 200), word: "processing",
      reading: .pending, nextAt: later)
    for share in 1...4 as ClosedRange<UInt64> {
      observation.fraction = share * 100_000
      try run(.observe(observation), after: 2)
    }
    observation.exchange.httpStatus = 502
    observation.reading = .unknown
    observation.replyClass = .transient
    try run(.observe(observation), after: 600)
    let rows = try books.read { try $0.timeline("j1") }?.rows ?? []
    let polls = rows.filter { $0.type == .jobPolled }
    #expect(polls.map(\.count) == [4, 1])
    #expect(polls.first?.progress == ["10 %", "40 %"])
    #expect(polls.first.map { $0.until.seconds(since: $0.at) } == 6)
    #expect(rows.compactMap(\.gapSeconds) == [600])
    #expect(try books.read { try $0.timeline("none") } == nil)
  }

  @Test("made-up ids are valid, a key always means the same one, and ledgers differ")
  func ids() {
    let ids = (0..<100).map { _ in JobID.random() }
    #expect(Set(ids).count == 100)
    let derived = JobID.derived(from: "k", ledgerID: [1])
    #expect(derived == JobID.derived(from: "k", ledgerID: [1]))
    #expect(derived != JobID.derived(from: "k", ledgerID: [2]))
    for id in ids + [derived] { #expect(id.wholeMatch(of: /job-[a-z2-7]{16}/) != nil) }
  }
}
