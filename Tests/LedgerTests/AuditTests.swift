// The audit: each check finds the fault that is its own, and nothing else finds it.

import LMDB
import Posix
import Support
import Testing
import Wire

@testable import Ledger

@Suite("The audit", .seeded) struct AuditTests {
  private let five = Credits("5")!
  private let account = ForgedHome.account

  /// A home whose job j1 runs, with 5 held.
  private func running() throws -> ForgedHome {
    try ForgedHome(.submit(), .start(), .accept(), .observe(.pending()))
  }

  private func captured(
    _ amount: String, _ evidence: Position, lines: [BucketLine]? = nil
  ) -> Event {
    .creditCaptured(
      CreditCaptured(
        amount: Credits(amount)!, lines: lines ?? .acme(amount), account: account,
        evidence: evidence))
  }

  private func released(_ amount: String, _ evidence: Position) -> Event {
    .creditReleased(
      CreditReleased(
        amount: Credits(amount)!, lines: .acme(amount), account: account, evidence: evidence))
  }

  private func polled(_ reading: Reading, fault: Fault? = nil) -> Event {
    .jobPolled(JobPolled(class: fault == nil ? .ok : .transient, reading: reading, fault: fault))
  }

  private let succeeded = Event.jobSucceeded(JobSucceeded(outputCount: 1))
  private let failed = Event.jobFailed(JobFailed(class: .providerFailed))

  /// Exactly this check finds something: once, with a place, whom, and a way out.
  private func expect(
    _ home: ForgedHome, only check: String, job: String? = "j1", amount: String?,
    mend: String, location: SourceLocation = #_sourceLocation
  ) throws {
    let report = try home.audit()
    let failing = report.results.filter { !$0.isOK }
    try #require(failing.map(\.check) == [check], "\(failing)", sourceLocation: location)
    #expect(failing[0].count == 1, "\(failing)", sourceLocation: location)
    let finding = failing[0].findings[0]
    #expect(finding.job == job && finding.account == "acme", sourceLocation: location)
    #expect(finding.amount == amount.map { Credits($0)! }, sourceLocation: location)
    #expect(!finding.positions.isEmpty, sourceLocation: location)
    #expect(finding.mend.hasPrefix(mend), "\(finding.mend)", sourceLocation: location)
    #expect(!report.isOK && report.findings == 1, sourceLocation: location)
  }

  @Test("sound books have no finding, whatever happened to their jobs")
  func sound() throws {
    let home = try ForgedHome(
      .limit("50"), .submit("a"), .start("a"), .accept("a", external: "pa"),
      .observe("a", .succeeded(charge: "3")), .submit("b"), .start("b"), .doubt("b"),
      .submit("c"), .start("c"), .refuse("c"), .submit("d"), .cancel("d"), .submit("e"),
      .start("e"), .accept("e", external: "pe"), .observe("e", .failed(charges: true)),
      .track("f", external: "pf", hold: "0"), .observe("f", .canceled()),
      .submit("g", hold: "120"), .start("g"), .accept("g", external: "pg"), .park("g"),
      .submit("h"), .start("h"), .accept("h", external: "ph"), .observe("h", .failed()),
      .observe("h", .succeeded()), .submit("i"), .start("i"), .accept("i", external: "pi"),
      .observe("i", .succeeded(outputs: 0)))
    let report = try home.audit()
    #expect(report.isOK, "\(report.results.filter { !$0.isOK })")
    #expect(report.results.count == 10 && report.findings == 0)
  }

  @Test("random histories audit clean, as often as the seed says")
  func random() throws {
    let home = try BusyHome(seed: "audit")
    try home.live(commands: 300)
    home.close()
    let now = Timestamp(microseconds: Clock.wallMicroseconds())
    let report = try Audit(home.home, now: now).run()
    #expect(report.isOK, "\(report.results.filter { !$0.isOK })")
  }

  @Test("trial balance: a grant whose lines are not its amount")
  func trialBalance() throws {
    let home = try running()
    try home.forge(.account("acme")) { first in
      let line = BucketLine(bucket: first, amount: Credits("9")!)
      return [
        (
          .creditGranted(CreditGranted(amount: Credits("10")!, lines: [line], account: account)),
          nil
        )
      ]
    }
    try expect(
      home, only: "trial_balance", job: nil, amount: "1", mend: "ledger adjust acme 1 ")
  }

  @Test("solvency: a hold of credits that were never given")
  func solvency() throws {
    let home = try running()
    let price = Credits("500")!
    try home.forge(.job("j2"), isNew: true) { _ in
      [
        (
          .jobSubmitted(JobSubmitted(account: account, provider: "replicate", hold: price)),
          .epoch
        ),
        (.creditHeld(CreditHeld(amount: price, lines: .acme("500"), account: account)), nil),
      ]
    }
    try expect(home, only: "solvency", job: "j2", amount: "405", mend: "ledger adjust acme 405 ")
  }

  @Test("solvency: a hold beyond the account's limit")
  func limit() throws {
    let home = try ForgedHome(.limit("10"))
    let price = Credits("120")!
    let rest = BucketLine(bucket: 2, amount: Credits("20")!)
    try home.forge(.job("j2"), isNew: true) { _ in
      [
        (
          .jobSubmitted(JobSubmitted(account: account, provider: "replicate", hold: price)),
          .epoch
        ),
        (
          .creditHeld(
            CreditHeld(amount: price, lines: .acme("100") + [rest], account: account)), nil
        ),
      ]
    }
    try expect(home, only: "solvency", job: "j2", amount: "10", mend: "ledger adjust acme 10 ")
  }

  @Test("holds: a job that ended with a part of its hold forgotten")
  func holds() throws {
    let home = try running()
    try home.forge { first in
      [(polled(.failed), nil), (failed, nil), (released("4", first + 1), nil)]
    }
    try expect(home, only: "holds", amount: "1", mend: "ledger adjust acme 1 ")
  }

  @Test("holds: more given back than was held, of another bucket's line")
  func lines() throws {
    let home = try running()
    try home.forge { first in
      [(polled(.failed), nil), (failed, nil), (released("5", first + 1), nil)]
    }
    try home.forge { first in
      [
        (
          .creditRefunded(
            CreditRefunded(amount: five, lines: .acme("5"), account: account)), nil
        )
      ]
    }
    try expect(home, only: "holds", amount: "5", mend: "ledger timeline j1")
  }

  @Test("evidence: a charge that rests on a pending poll")
  func evidence() throws {
    let home = try running()
    try home.forge { first in [(polled(.pending), .epoch), (captured("5", first), nil)] }
    try expect(home, only: "evidence", amount: "5", mend: "ledger refund j1 5 ")
  }

  @Test("evidence: a charge whose evidence is another group's")
  func distantEvidence() throws {
    let home = try running()
    try home.forge { first in [(captured("5", first - 1), nil)] }
    try expect(home, only: "evidence", amount: "5", mend: "ledger refund j1 5 ")
  }

  @Test("evidence: a success that nobody was charged for")
  func uncharged() throws {
    let home = try running()
    try home.forge { first in
      [(polled(.succeeded), nil), (succeeded, nil), (released("5", first + 1), nil)]
    }
    try expect(home, only: "evidence", amount: "5", mend: "ledger timeline j1")
  }

  @Test("one capture: a success charged twice")
  func oneCapture() throws {
    let home = try running()
    try home.forge { first in
      [
        (polled(.succeeded), nil), (succeeded, nil), (captured("3", first + 1), nil),
        (captured("2", first + 1), nil),
      ]
    }
    try expect(home, only: "one_capture", amount: "2", mend: "ledger refund j1 2 ")
  }

  @Test("releases: a hold given back for a timeout")
  func releases() throws {
    let home = try running()
    try home.forge { first in
      [(polled(.unknown, fault: .timeout), nil), (failed, nil), (released("5", first + 1), nil)]
    }
    try expect(home, only: "releases", amount: "5", mend: "ledger check j1")
  }

  @Test("releases: a cancel of our own for a job that the provider has")
  func ownCancel() throws {
    let home = try running()
    try home.forge { first in
      [(.jobCanceled(JobCanceled(class: .canceled)), nil), (released("5", first), nil)]
    }
    try expect(home, only: "releases", amount: "5", mend: "ledger check j1")
  }

  @Test("overdue holds: a hold past its end that nobody ended")
  func overdueHolds() throws {
    let clock = FakeClock()
    let home = try ForgedHome(.submit(holdExpires: clock.after(seconds: 60)))
    #expect(try home.failing() == [])
    home.clock.step(seconds: 61)
    try expect(home, only: "overdue_holds", amount: "5", mend: "ledger poll --once")
  }

  @Test("waits: a running job that nobody will look at again")
  func waits() throws {
    let home = try running()
    try home.forge { _ in [(polled(.pending), nil)] }
    try expect(home, only: "waits", amount: "5", mend: "ledger check j1")
  }

  @Test("automaton: an event that cannot stand where it does, and an attempt too many")
  func automaton() throws {
    let home = try ForgedHome(.submit())
    try home.forge { _ in [(.jobOverdue(JobOverdue(patienceMilliseconds: 1)), .epoch)] }
    try expect(home, only: "automaton", amount: nil, mend: "ledger timeline j1")
    let other = try ForgedHome(.submit())
    try other.forge { _ in [(.jobDispatchStarted(JobDispatchStarted(attempt: 2)), .epoch)] }
    try expect(other, only: "automaton", amount: nil, mend: "ledger timeline j1")
  }

  @Test("views: a row that no replay makes")
  func views() throws {
    let home = try running()
    do {
      let generation = try #require(try Generation.current(of: home.home))
      let views = try generation.write()
      var bytes: [UInt8] = []
      Account().encode(to: &bytes)
      try views.source.transaction.put(
        views.source.tables[.accounts], account, bytes.bytes)
      try views.commit()
    }
    let result = try #require(try home.audit().results.last)
    #expect(try home.failing() == ["views"])
    #expect(result.count == 1 && result.findings[0].mend == "ledger replay")
    #expect(result.findings[0].message.contains("accounts"))
  }

  @Test("a selector chooses which findings are told, and --limit how many")
  func selector() throws {
    let home = try running()
    for _ in 0..<3 {
      try home.forge { first in [(polled(.pending), .epoch), (captured("1", first), nil)] }
    }
    #expect(try home.failing() == ["evidence", "one_capture"])
    #expect(try home.audit().findings == 5)
    #expect(try home.audit(Selector(account: "nobody")).isOK)
    #expect(try home.audit(Selector(provider: "self-hosted")).isOK)
    #expect(try home.audit(Selector(states: [.succeeded])).isOK)
    #expect(try home.audit(Selector(until: .epoch)).isOK)
    #expect(try home.audit(Selector(provider: "replicate", states: [.running])).findings == 5)
    let limited = try home.audit(Selector(limit: 1))
    #expect(limited.findings == 5 && limited.results.allSatisfy { $0.findings.count <= 1 })
  }

  @Test("what apps charged in their own books is told, and is in nobody's balance")
  func charged() throws {
    let tracking = Tracking(
      submission: Submission(id: "t", account: "acme", provider: "replicate", hold: .zero),
      hasHold: true, handle: FoundHandle(externalID: "x"), charged: five)
    let report = try ForgedHome(.track(tracking)).audit()
    #expect(report.charged.jobs == 1 && report.charged.amount == five && report.isOK)
  }

  @Test("an audit needs no views, and refuses a log with acknowledged events missing")
  func surroundings() throws {
    let home = try running()
    try FileSystem.removeTree(home.home.views)
    #expect(try home.audit().isOK)
    try FileSystem.remove(home.home.head)
    #expect(throws: BooksError.self) { try home.audit() }
  }
}
