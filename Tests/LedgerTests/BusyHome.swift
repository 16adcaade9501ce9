// A home with a past: accounts, grants, holds and how they ended, all drawn from a seed.

import Posix
import Support
import Synchronization
import Wire

@testable import Ledger

/// A clock that goes as the test says.
private final class SteppedClock: Sendable {
  private let time = Mutex(Timestamp(microseconds: Clock.wallMicroseconds()))
  var now: Timestamp { time.withLock { $0 } }
  func advance(seconds: Double) { time.withLock { $0 = $0.advanced(seconds: seconds) } }
}

/// A home of its own for one test. Its account is opened at position 2 and given credits at 3.
final class BusyHome {
  let home: Home
  private let clock = SteppedClock()
  private var random: SplitMix64
  private(set) var books: Books?

  init(seed purpose: String) throws {
    random = Seed.generator(for: purpose)
    home = Home(try FileSystem.makeTemporaryDirectory(prefix: "/tmp/ledger-test-"))
    try Books.create(home, program: "test", by: "tester")
    books = try Books(home) { [clock] in clock.now }
    try give(.grant(grant("acct-1/team@x")))
  }

  deinit { try? FileSystem.removeTree(home.path) }

  /// Ends this process's use of the home, so that a test may open its files itself.
  func close() { books = nil }

  /// Writes refunds and adjustments as the format allows them, commands or not: into the bucket
  /// they came from, and into one of their own. Opens the books again.
  func correct() throws {
    // A short life may have charged nothing that could be given back.
    while try books?.read({ $0.totals.captured == .zero }) ?? false { try live(commands: 20) }
    close()
    let log = try Log(home.log)
    let snapshot = try log.write()
    var views = try Views(NoRows())
    var captured: (job: SubjectNumber, movement: Movement)?
    try snapshot.events(from: 1) { event in
      try views.apply(event)
      if let movement = Movement(event), movement.kind == .captured, movement.amount > .zero {
        captured = (event.subject, movement)
      }
      return true
    }
    guard let captured, let job = try views.subject(captured.job)?.name,
      let payer = try views.subject(captured.movement.account)?.name
    else { throw CancellationError() }
    let number = captured.movement.account
    let one = Credits(micros: 1)
    func line(_ bucket: Position, _ amount: Credits) -> BucketLine {
      BucketLine(bucket: bucket, amount: amount)
    }
    let old = captured.movement.lines[0].bucket
    var group = Group(after: views.position, subjects: views.fold.subjects.count)
    group.add(
      Draft(
        job,
        .creditRefunded(
          CreditRefunded(
            amount: one + one, lines: [line(old, one), line(group.next, one)], account: number,
            reason: BlobReference("sorry")))))
    let five = Credits("5")!
    group.add(
      Draft(
        payer,
        .creditAdjusted(
          CreditAdjusted(amount: five, lines: [line(group.next, five)], account: number))))
    group.add(
      Draft(
        payer,
        .creditAdjusted(
          CreditAdjusted(amount: -one, lines: [line(group.next - 1, -one)], account: number))))
    var scratch = AppendScratch()
    let command = Command(.grant(grant(payer.id)), actor: .operator, by: "tester")
    _ = try snapshot.append(group, key: nil, by: command, at: clock.now, to: &views, &scratch)
    let meta = try snapshot.meta()
    try snapshot.commit()
    var head = try Head(home.head)
    try head.write(
      HeadMark(
        ledgerID: meta.ledgerID, incarnation: meta.incarnation, position: views.position,
        hash: views.hash))
    books = try Books(home) { [clock] in clock.now }
  }

  /// Everything that can move credits, `count` times, refusals left aside.
  func live(commands count: Int) throws {
    var jobs = 0
    for _ in 0..<count {
      clock.advance(seconds: .random(in: 0...60, using: &random))
      let account = "acct-\(Int.random(in: 1...5, using: &random))/team@x"
      switch Int.random(in: 0...9, using: &random) {
      case 0...2: try give(.grant(grant(account)))
      case 3:
        try give(.setLimit(account: account, limit: credits(5), reason: "trusted"))
      default:
        jobs += 1
        try job("job-\(jobs)", account)
      }
    }
  }

  /// From submit to an end, or to no end yet.
  private func job(_ id: String, _ account: String) throws {
    try give(
      .submit(
        Submission(
          id: id, account: account, provider: "replicate", hold: credits(20),
          input: ["prompt": .string("a film about \(id)")])))
    let now = clock.now
    guard Bool.random(using: &random) else { return try give(.job(id, .cancel(reason: "changed"))) }
    try give(.job(id, .startDispatch(DispatchStart(nextAt: now))))
    let handle = FoundHandle(externalID: "external-\(id)")
    try give(.job(id, .accept(Acceptance(via: .submit, handle: handle, nextAt: now))))
    clock.advance(seconds: .random(in: 0...90, using: &random))
    let readings: [Reading] = [.pending, .succeeded, .failed, .canceled]
    let reading = readings.randomElement(using: &random)!
    let exchange = Exchange(
      httpStatus: 200, latencyMilliseconds: 31, reply: Array("{\"status\": \"\(reading)\"}".utf8))
    var seen = Observation(
      source: .poll(.status), exchange: exchange, word: "\(reading)", reading: reading,
      nextAt: now)
    seen.outputs = [.init(url: "https://example.com/\(id).mp4")]
    seen.charge = Bool.random(using: &random) ? credits(20) : nil
    seen.chargesCustomer = Bool.random(using: &random)
    try give(.job(id, .observe(seen)))
  }

  private func grant(_ account: String) -> Grant {
    let end = clock.now.advanced(seconds: .random(in: 30...600, using: &random))
    return Grant(
      account: account, amount: credits(40) + Credits(micros: 1),
      expires: Bool.random(using: &random) ? .at(end) : nil,
      priority: .random(in: -2...2, using: &random), reason: "seed")
  }

  private func credits(_ most: Int64) -> Credits {
    Credits(micros: .random(in: 0...most * 1_000_000, using: &random))
  }

  private func give(_ action: Action) throws {
    do {
      _ = try books?.append(Command(action, actor: .api, by: "tester"))
    } catch is Refusal {}
  }
}
