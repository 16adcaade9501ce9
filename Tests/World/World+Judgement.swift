// The ten invariants of PRODUCT.md, asked after every step of a world, and what must hold at its
// end.

import Judge
import Ledger
import Simulator
import Wire

extension World {
  /// States that end by themselves when nothing goes wrong.
  private static let moving: [JobState] = [.submitted, .dispatching, .dispatched, .running]

  /// Judges what was written since the last look, and the rows that it touched.
  func look() throws {
    guard let books else { return }
    try books.read { snapshot in
      guard snapshot.head > judge.position else { return }
      var events: [RecordedEvent] = []
      try snapshot.log.events(from: judge.position + 1) { event in
        events.append(event)
        return true
      }
      try judge.judge(events)
      try demand(snapshot.head == judge.position, "the views are at the log's end")
      for number in Set(events.filter { $0.event.type.subjectKind == .job }.map(\.subject)) {
        try judgeJob(number, &snapshot)
      }
      try judgeMoney(&snapshot)
    }
  }

  private func judgeJob(_ number: SubjectNumber, _ snapshot: inout Snapshot) throws {
    guard let job = try snapshot.job(number), let id = try snapshot.subject(number)?.name.id else {
      throw Violation("job \(number) has events and no row")
    }
    try demand(job.state == judge.states[number], "\(id): the row says \(job.state.name)")
    let isOpen = !job.state.isTerminal
    try demand(
      !isOpen || (job.nextAt != nil) != (job.state == .parked), "\(id) is forgotten")
    try demand((job.parkReason != nil) == (job.state == .parked), "\(id): parked for a reason")
    let settled = job.captured + job.released
    try demand(isOpen ? settled == .zero : settled == job.hold, "\(id): its hold is settled once")
    try demand(job.refunded <= job.captured, "\(id): refunded more than was taken")
  }

  /// The sums are the postings of the events added up, and nobody is below zero.
  private func judgeMoney(_ snapshot: inout Snapshot) throws {
    let (totals, chart) = (snapshot.totals, judge.chart)
    try demand(chart.values.reduce(0, +) == 0, "the trial balance is zero")
    try demand(totals.granted.micros == -(chart["issued"] ?? 0), "granted")
    try demand(totals.held.micros == chart["held"] ?? 0, "held")
    try demand(
      totals.captured.micros - totals.refunded.micros + totals.writtenOff.micros
        == chart["revenue"] ?? 0, "revenue")
    try demand(totals.expired.micros == chart["expired"] ?? 0, "expired")
    var held: Int64 = 0
    try snapshot.accounts { number, account in
      try demand(account.available >= .zero, "account \(number) is below zero")
      try demand(
        account.available.micros == judge.posted[.available(number)] ?? 0, "account \(number)")
      held += account.held.micros
      return true
    }
    try demand(held == totals.held.micros, "held by accounts")
  }

  func position(of id: String) throws -> Position? {
    try books?.read { snapshot in
      try snapshot.jobNumber(id).flatMap { try snapshot.job($0)?.submitted }
    }
  }

  /// Invariant 3: the same command again is answered as before, and writes nothing.
  func demandRepeated(_ receipt: Receipt, _ before: Position, _ id: String) throws {
    try demand(receipt.isRepeated, "\(id) was taken twice")
    try demand(
      receipt.events.contains { $0.position == before }, "\(id): another answer than before")
  }

  /// Invariant 9: the stored views are the fold of the log.
  func demandEqualReplay() throws {
    guard let books else { return }
    let replay = try books.replay(.check)
    try demand(replay.differences == [], "replay: \(replay.differences ?? [])")
  }

  /// What is paused, as commands that end it.
  func pauses() throws -> [Action] {
    guard let books else { return [] }
    return try books.read { snapshot in
      try snapshot.pauses().map { pause in
        .unpause(
          provider: pause.provider,
          account: try pause.account.flatMap { try snapshot.subject($0)?.name.id })
      }
    }
  }

  /// A job that something must still become of.
  func movingJob() throws -> String? {
    try books?.read { snapshot in
      for state in World.moving {
        if let number = try snapshot.jobs(in: state, limit: 1).first {
          return "\(try snapshot.subject(number)?.name.id ?? "?") (\(state.name))"
        }
      }
      return nil
    }
  }

  /// Nothing was sent twice, nobody pays for what did not succeed, and the outside judges agree.
  func judgeEnd() throws {
    let stats = providers.stats
    try demand(
      stats["submitted_twice"] == .array([]), "submitted twice: \(stats["submitted_twice"]!.text)")
    let books = try Books(home)
    self.books = books
    try look()
    try books.read { snapshot in
      for submission in submissions {
        guard let number = try snapshot.jobNumber(submission.id) else { continue }
        try judgeVerdict(number, &snapshot)
      }
    }
    try demandEqualReplay()
    self.books = nil
    var found: [String] = []
    var verification = Verification(home) { if !$0.isOK { found.append("\($0)") } }
    try demand(try verification.run() == judge.position && found.isEmpty, "verify: \(found)")
    let audit = try Audit(home, now: clock.wall).run()
    let failing = audit.results.filter { !$0.isOK && $0.check != "overdue_holds" }
    try demand(failing.isEmpty, "audit: \(failing)")
  }

  /// What the books say of a job is what its provider did with it.
  private func judgeVerdict(_ number: SubjectNumber, _ snapshot: inout Snapshot) throws {
    guard let details = try snapshot.details(number),
      let id = details.handle?.externalID, let truth = providers.outcome(of: id)
    else { return }
    let job = details.job
    if try wasResolved(number, &snapshot) { return }
    switch job.state {
    case .succeeded: try demand(truth == "succeeded", "\(details.id) succeeded, and \(truth) there")
    // What the provider has removed meanwhile cannot be had, whatever had become of it.
    case .failed where job.failureClass == .gone: break
    case .failed, .canceled:
      try demand(truth != "succeeded", "\(details.id) \(job.state.name), and succeeded there")
    default: break
    }
  }

  /// The newest events in words, for whoever looks for the reason of a failure.
  func newestEvents() -> [String] {
    guard let books = try? self.books ?? Books(home) else { return [] }
    let lines = try? books.read { snapshot in
      var lines: [String] = []
      var events: [RecordedEvent] = []
      try snapshot.log.events(from: snapshot.head > 60 ? snapshot.head - 60 : 1) { event in
        events.append(event)
        return true
      }
      for event in events {
        let subject = try snapshot.subject(event.subject)?.name.id ?? ""
        let words = try snapshot.words(event)
        lines.append(
          "\(event.position) \(event.time) \(subject) \(event.event.type.name) \(words)")
      }
      return lines
    }
    return lines ?? []
  }

  private func wasResolved(_ number: SubjectNumber, _ snapshot: inout Snapshot) throws -> Bool {
    for position in try snapshot.chain(of: number) {
      if case .jobResolved? = try snapshot.log.event(at: position)?.event { return true }
    }
    return false
  }
}
