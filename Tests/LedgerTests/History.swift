// A random history of one home, judged after every step by the model and by the invariants.

import Judge
@testable import Ledger
import Posix
import Support
import Testing
import Wire

/// One stream of random steps.
final class History {
  /// What a long history must have seen.
  static let everyType: Set<EventType> = [
    .accountOpened, .accountLimitSet, .creditGranted, .creditHeld, .creditCaptured,
    .creditReleased, .creditExpired, .jobSubmitted, .jobDispatchStarted, .jobDispatched,
    .jobDispatchUncertain, .jobDispatchRefused, .jobPolled, .jobNotified, .jobSucceeded,
    .jobFailed, .jobCancelRequested, .jobCanceled, .jobOverdue, .jobExpired, .jobRecovered,
    .jobCheckRequested, .jobParked, .jobUnparked, .ledgerPolicySet, .ledgerSubmissionPaused,
    .ledgerSubmissionUnpaused, .creditRefunded, .creditAdjusted, .jobResolved, .jobStoring,
    .jobStored, .jobStoreFailed, .jobStepSucceeded,
  ]

  private let home: TemporaryHome
  private let clock = FakeClock()
  private var books: Books?
  private var model = ModelBooks()
  private var commands: RandomCommands
  private(set) var judge = EventJudge()
  /// Time of the newest event.
  private var newest = Timestamp(microseconds: 0)
  private let name: String
  private(set) var steps = 0
  private(set) var written = 0
  private(set) var refused = 0
  private(set) var repeated = 0
  private(set) var crashes = 0

  init(_ name: String) throws {
    self.name = name
    home = try TemporaryHome()
    commands = RandomCommands(random: Seed.generator(for: name))
    try open()
  }

  private func open() throws {
    books = nil
    let clock = self.clock
    books = try Books(home.home, clock: { clock.now })
  }

  private func world() throws -> Books { try #require(books) }

  /// Some commands in one commit, then every cheap check.
  func step() throws {
    steps += 1
    clock.step(seconds: Double(commands.number(commands.chance(12) ? -90...200 : 0...6)))
    let now = max(clock.now, newest)
    let batch = (0..<(commands.chance(5) ? commands.number(2...6) : 1)).map { _ in
      commands.next(now: now) { [model] in model.jobs[$0] }
    }
    if commands.chance(50) { return try crash(batch, now) }
    let results = try world().append(batch.map { Command($0.0, actor: .cli, key: $0.key) })
    try #require(results.count == batch.count)
    for ((action, key), result) in zip(batch, results) {
      let prediction = model.ask(action, key: key, now: now)
      try compare(result, prediction, action)
    }
    let touched = Set(batch.compactMap { History.job(of: $0.0) })
    try compareState(steps % 100 == 0 ? nil : touched)
  }

  private static func job(of action: Action) -> String? {
    switch action {
    case .submit(let submission): submission.id
    case .track(let tracking): tracking.submission.id
    case .job(let id, _): id
    case .refund(let refund): refund.job
    default: nil
    }
  }

  private func compare(
    _ result: Result<Receipt, Refusal>, _ prediction: Prediction, _ action: Action
  ) throws {
    let outcome: Prediction
    switch result {
    case .failure(let refusal):
      outcome = .refused(refusal.code)
      refused += 1
    case .success(let receipt) where receipt.isRepeated:
      outcome = .repeated
      repeated += 1
    case .success(let receipt):
      outcome = .written(receipt.events.map(\.event.type))
      written += 1
      try judge.judge(receipt.events)
      newest = receipt.events[0].time
    }
    try #require(outcome == prediction, "\(name), step \(steps): \(action)")
  }

  /// Sums, states and holds as the model has them; of all jobs unless some are named.
  private func compareState(_ named: Set<String>? = nil) throws {
    try world().read { books in
      var held: Int64 = 0
      for (id, expected) in model.accounts {
        let number = try #require(try books.accountNumber(id))
        let account = try #require(try books.account(number))
        held += expected.held
        try #require(
          account.granted.micros == expected.granted && account.held.micros == expected.held
            && account.captured.micros == expected.captured
            && account.expired.micros == expected.expired
            && account.refunded.micros == expected.refunded
            && account.adjusted.micros == expected.adjusted
            && account.available.micros == expected.available,
          "\(name), step \(steps): account \(id)")
      }
      try #require(books.totals.held.micros == held)
      try checkTrialBalance(books.totals)
      for id in named ?? Set(model.jobs.keys) {
        guard let expected = model.jobs[id] else { continue }
        let job = try #require(try books.jobNumber(id).flatMap { try books.job($0) })
        try #require(
          job.state == expected.state && job.hold.micros == expected.hold
            && job.captured.micros == expected.captured
            && job.released.micros == expected.released
            && job.refunded.micros == expected.refunded
            && job.writtenOff.micros == expected.writtenOff
            && Int(job.attempts) == expected.attempts && Int(job.step) == expected.step,
          "\(name), step \(steps): job \(id) is \(job.state), not \(expected.state)")
        try checkLiveness(job, id)
      }
      try #require(books.log.end().position == books.head)
    }
  }

  /// Invariant 4: the sums kept by the views are the postings of the events added up.
  private func checkTrialBalance(_ totals: Totals) throws {
    let chart = judge.chart
    let (writtenOff, revenue) = (totals.writtenOff.micros, chart["revenue"] ?? 0)
    try #require(totals.granted.micros == -(chart["issued"] ?? 0))
    try #require(totals.held.micros == chart["held"] ?? 0)
    try #require(totals.captured.micros - totals.refunded.micros + writtenOff == revenue)
    try #require(totals.adjusted.micros == -(chart["adjustments"] ?? 0))
    try #require(chart.values.reduce(0, +) == 0)
    try #require(totals.expired.micros == chart["expired"] ?? 0)
    let available = model.accounts.values.reduce(0) { $0 + $1.available }
    try #require(available == chart["available"] ?? 0)
  }

  /// Invariant 10: an open job waits for a time or is parked with a reason, never both or neither.
  private func checkLiveness(_ job: Job, _ id: String) throws {
    let isOpen = !job.state.isTerminal
    try #require(
      !isOpen || (job.nextAt != nil) != (job.state == .parked),
      "\(name), step \(steps): job \(id) is forgotten")
    try #require((job.parkReason != nil) == (job.state == .parked))
    let settled = job.captured + job.released
    try #require(isOpen ? settled == .zero : settled == job.hold)
  }

  /// The process dies between two commits of this step; the next one opens the home.
  private func crash(_ batch: [(Action, key: String?)], _ now: Timestamp) throws {
    crashes += 1
    let stage = commands.pick(CommitStage.allCases)
    let before = judge.position
    let dying = try world()
    dying.interruption = { if $0 == stage { throw BooksError.busy("killed") } }
    let asked = batch.map { Command($0.0, actor: .cli, key: $0.key) }
    guard let results = try? dying.append(asked) else {
      dying.interruption = nil
      #expect(throws: BooksError.self, "a poisoned writer stays poisoned") {
        try dying.append(asked)
      }
      return try reopen(batch, now, stage, after: before)
    }
    // nothing was to be written, so nothing was interrupted
    dying.interruption = nil
    for ((action, key), result) in zip(batch, results) {
      try compare(result, model.ask(action, key: key, now: now), action)
    }
  }

  /// What was not acknowledged is there whole or not at all; the views catch up exactly once.
  private func reopen(
    _ batch: [(Action, key: String?)], _ now: Timestamp, _ stage: CommitStage,
    after before: Position
  ) throws {
    try open()
    var expected: [EventType] = []
    if stage != .decided {
      for (action, key) in batch {
        if case .written(let types) = model.ask(action, key: key, now: now) { expected += types }
      }
    }
    let events = try world().read { books in
      var events: [RecordedEvent] = []
      try books.log.events(from: before + 1) {
        events.append($0)
        return true
      }
      return events
    }
    try #require(events.map(\.event.type) == expected, "\(name), step \(steps): after \(stage)")
    try judge.judge(events)
    if let last = events.last { newest = last.time }
    try compareState()
  }

  /// The dear checks: the live views are the fold of the log, and deleting them changes nothing.
  func replay() throws {
    let report = try world().replay(commands.chance(2) ? .swap : .check)
    try #require(report.differences == [], "\(name), step \(steps)")
    try #require(report.head == judge.position)
    try comparePast()
    if commands.chance(2) { books = nil }
    try FileSystem.removeTree(home.path("views"))
    if books == nil { try open() }
    try compareState()
    try #require(try world().replay(.check).digest == report.digest, "\(name), step \(steps)")
  }

  /// The balances as of some position are the postings up to there.
  private func comparePast() throws {
    let last = Position(commands.number(1...Int(judge.position)))
    try world().read { books in
      var chart: [ChartAccount: Credits] = [:]
      try books.log.events(from: 1, through: last) { event in
        for posting in event.postings { chart[posting.account, default: .zero] += posting.amount }
        return true
      }
      for status in try books.accountStatuses(asOf: last) {
        let number = try #require(try books.accountNumber(status.id))
        try #require(status.account.available == chart[.available(number)] ?? .zero)
        try #require(status.account.held == chart[.held(number)] ?? .zero)
      }
    }
  }

  /// Every job's story can be told, and what is recognised in it keeps its promises.
  func diagnose() throws {
    let now = newest.advanced(seconds: Double(commands.number(0...7200)))
    try world().read { books in
      for number in try books.jobs(Selector()) {
        let story = try #require(try books.story(of: number, now: now))
        try RuleTests.expectSound(story.diagnoses, of: story)
        let told = try #require(try books.explanation(of: number, now: now))
        try #require(![told.saw, told.happened, told.money].contains(""))
      }
      _ = try books.incidents(Selector(), now: now)
    }
  }

  /// The outside judge at the end: every check of `verify`.
  func verify() throws {
    books = nil
    var found: [VerifyCheck] = []
    var verification = Verification(home.home) { found.append($0) }
    #expect(try verification.run() == judge.position)
    #expect(found.filter { !$0.isOK } == [])
    #expect(found.count >= 8)
  }

  /// The audit finds nothing in what the books wrote, but what nobody was asked to end.
  func audit() throws {
    books = nil
    let report = try Audit(home.home, now: newest).run()
    let failing = report.results.filter { !$0.isOK && $0.check != OverdueHolds.name }
    #expect(failing.isEmpty, "\(failing)")
    #expect(report.head == judge.position)
  }
}
