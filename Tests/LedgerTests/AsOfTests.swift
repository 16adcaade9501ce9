// The books as they were, statements, and finding.

@testable import Ledger
import Support
import Testing
import Wire

@Suite("Looking back") struct AsOfTests {
  /// A story with money of every kind, a minute between any two commands.
  private func story() throws -> Scenario {
    let scenario = try Scenario()
    let steps: [Action] = [
      .grant("100"), .grant("7", to: "other"), .track(), .observe(.pending(fraction: 400_000)),
      .observe(.succeeded(charge: "4")), .refund("1.5"), .adjust("-2"),
      .track("j2", external: "p2"),
      .observe("j2", .failed(.moderated)), .resolve("j2", as: .failed), .adjust("3"),
    ]
    for step in steps {
      _ = try scenario.when(step)
      scenario.clock.step(seconds: 60)
    }
    return scenario
  }

  @Test("the balance as of every position is the sum of the postings up to there")
  func balances() throws {
    let scenario = try story()
    for last in 1...(try scenario.head()) {
      for id in ["acme", "other"] {
        let (status, sums) = try scenario.books.read { books in
          let number = try #require(try books.accountNumber(id))
          var sums = (available: Credits.zero, held: Credits.zero)
          for event in scenario.history where event.position <= last {
            for posting in event.postings {
              if posting.account == .available(number) { sums.available += posting.amount }
              if posting.account == .held(number) { sums.held += posting.amount }
            }
          }
          return (try books.accountStatus(id, asOf: last), sums)
        }
        let opened = scenario.history.contains { event in
          event.position <= last && event.envelope.subject == .account(id)
        }
        #expect((status != nil) == opened)
        #expect(status?.account.available ?? .zero == sums.available, "\(id) at \(last)")
        #expect(status?.account.held ?? .zero == sums.held, "\(id) at \(last)")
        #expect(status?.asOf ?? last == last)
      }
    }
    let now = try scenario.account()
    let head = try scenario.head()
    let status = try scenario.books.read { try $0.accountStatus("acme", asOf: head) }
    #expect(status?.account.granted == now.granted && status?.account.adjusted == now.adjusted)
    #expect(try scenario.books.read { try $0.accountStatuses(asOf: 2) }.isEmpty == false)
    #expect(try scenario.books.read { try $0.accountStatuses(asOf: 1) }.isEmpty)
  }

  @Test("however many postings there are, each page of a statement is the same lines")
  func manyPostings() throws {
    let scenario = try Scenario()
    var random = Seed.generator(for: "postings")
    for number in 1...150 {
      _ = try scenario.when(.grant("1", to: number % 3 == 0 ? "other" : "acme"))
    }
    try scenario.books.read { books in
      let number = try #require(try books.accountNumber("acme"))
      let all = scenario.history.filter {
        $0.postings.contains { $0.account == .available(number) }
      }.map(\.position)
      #expect(all.count == 100)
      for _ in 1...500 {
        let after = Position.random(in: 0...all[99] + 2, using: &random)
        let last = Position.random(in: 0...all[99] + 2, using: &random)
        let limit = Int.random(in: 1...40, using: &random)
        let page = try books.postings(of: number, after: after, through: last, limit: limit)
        #expect(
          page.map(\.last) == all.filter { $0 > after && $0 <= last }.prefix(limit).map(\.self))
        let rank = all.count { $0 <= last }
        let then = try books.accountStatus("acme", asOf: last)
        #expect(then?.account.granted ?? .zero == Credits(micros: Int64(rank) * 1_000_000))
      }
    }
  }

  @Test("the trial balance is zero at every position")
  func trialBalance() throws {
    let scenario = try story()
    var chart: [ChartAccount: Credits] = [:]
    var groups = 0
    for event in scenario.history {
      for posting in event.postings { chart[posting.account, default: .zero] += posting.amount }
      #expect(chart.values.reduce(.zero, +) == .zero, "position \(event.position)")
      if event.header.flags.contains(.last) { groups += 1 }
    }
    #expect(groups > 9 && chart[.adjustments] == Credits("-1") && chart[.issued] == Credits("-107"))
    #expect(chart[.revenue] == Credits("2.5"))
  }

  @Test("a job as of a position is the fold of its events up to there")
  func jobs() throws {
    let scenario = try story()
    var seen: [JobState] = []
    for last in 1...(try scenario.head()) {
      let status = try scenario.books.read { books in
        let number = try #require(try books.jobNumber("j1"))
        return try books.status(number, asOf: last, now: scenario.clock.now)
      }
      guard let status else { continue }
      if seen.last != status.state { seen.append(status.state) }
      #expect(status.position <= last)
    }
    #expect(seen == [.submitted, .dispatched, .running, .succeeded])
    let past = try scenario.books.read { books in
      try books.statuses(Selector(states: [.running]), asOf: 11, now: scenario.clock.now)
    }
    #expect(past.map(\.id) == ["j1"] && past[0].held == Credits("5"))
    #expect(past[0].fraction == 400_000)
    let head = try scenario.head()
    let live = try scenario.books.read { try $0.status(job: "j1", now: scenario.clock.now) }
    let folded = try scenario.books.read { books in
      try books.statuses(Selector(), asOf: head, now: scenario.clock.now).last
    }
    #expect(folded?.json == live?.json)
  }

  @Test("a time means the last position recorded by then, found by halving")
  func times() throws {
    let scenario = try story()
    for event in scenario.history {
      let last = scenario.history.last { $0.time <= event.time }?.position
      #expect(try scenario.books.read { try $0.position(at: event.time) } == last)
    }
    #expect(try scenario.books.read { try $0.position(at: .epoch) } == 0)
    let end = scenario.clock.after(seconds: 9e9)
    #expect(try scenario.books.read { try $0.position(at: end) } == (try scenario.head()))
  }

  @Test("a statement's changes lead from each balance to the next, in pages of any size")
  func statement() throws {
    let scenario = try story()
    let head = try scenario.head()
    for limit in [1, 2, 100] {
      let lines = try scenario.books.read { books in
        let number = try #require(try books.accountNumber("acme"))
        var lines: [StatementLine] = []
        var after: Position = 0
        while true {
          let page = try books.statement(of: number, after: after, through: head, limit: limit)
          lines += page.lines
          guard let last = page.last else { return lines }
          after = last
        }
      }
      var (available, held) = (Credits.zero, Credits.zero)
      for line in lines {
        available += line.availableChange
        held += line.heldChange
        #expect(line.available == available && line.held == held, "position \(line.position)")
      }
      #expect(available == (try scenario.account().available))
      #expect(lines.map(\.type).contains(.creditAdjusted) && lines.count == 9)
      #expect(lines.first { $0.type == .creditRefunded }?.reason == "sorry")
      #expect(lines.first { $0.type == .creditRefunded }?.job == "j1")
    }
  }

  @Test(
    "a text is found where it stands, capitals or not",
    arguments: [
      ("J2", "id", "job:j2"), ("p2", "external_id", "job:j2"), ("OTHE", "id", "account:other"),
      ("sorry", "reason", "job:j1"), ("mistake", "reason", "account:acme"),
    ])
  func find(_ text: String, _ field: String, _ subject: String) throws {
    let scenario = try story()
    let needle = try #require(Needle(text))
    for size in [1, 7, 1000] {
      var found: [Finding] = []
      var before = Position.max
      while before > 0 {
        let page = try scenario.books.read {
          try $0.find(needle, Selector(), before: before, pageEvents: size)
        }
        found += page.found
        before = page.before
      }
      #expect(found.contains { $0.field == field && $0.subject == subject }, "\(found)")
      #expect(found.map(\.position) == found.map(\.position).sorted(by: >))
    }
    #expect(Needle("") == nil && Needle(String(repeating: "x", count: 2000)) == nil)
  }

  @Test("what is not there is not found, and a selector leaves out what it does not mean")
  func notFound() throws {
    let scenario = try story()
    func count(_ text: String, _ selector: Selector) throws -> Int {
      try scenario.books.read {
        try $0.find(#require(Needle(text)), selector, before: .max, pageEvents: 1000).found.count
      }
    }
    #expect(try count("nowhere", Selector()) == 0)
    #expect(try count("j", Selector()) == 2)
    #expect(try count("j", Selector(states: [.failed])) == 1)
    #expect(try count("j", Selector(account: "other")) == 0)
    #expect(try count("j", Selector(since: scenario.clock.now)) == 0)
  }

  @Test("a long text is shown around what was found")
  func excerpt() throws {
    let scenario = try Scenario()
    let long = String(repeating: "a", count: 500) + " needle " + String(repeating: "b", count: 500)
    try scenario.given(.grant("1", reason: long))
    let found = try scenario.books.read {
      try $0.find(#require(Needle("NEEDLE")), Selector(), before: .max, pageEvents: 9).found
    }
    let text = try #require(found.first?.text)
    #expect(text.hasPrefix("…aaa") && text.hasSuffix("bbb…") && text.contains(" needle "))
    #expect(text.utf8.count < 200)
  }
}
