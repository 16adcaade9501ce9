// Stories of whole books: healthy ones show nothing, random ones break no rule, lists are in order.

import Support
import Testing
import Wire

@testable import Ledger

@Suite("Stories", .seeded) struct StoryTests {
  @Test("healthy lives of every shape show nothing, at no moment", arguments: 1...40)
  func healthy(_ stream: Int) throws {
    var dice = Seed.generator(for: "healthy \(stream)")
    func chance(_ one: Int) -> Bool { Int.random(in: 1...one, using: &dice) == 1 }
    let scenario = try Scenario().given(.grant("100"))
    func expectNothing() throws {
      let story = try scenario.story()
      #expect(story.diagnoses.isEmpty, "\(story.diagnoses)")
      _ = Saw(story).text + Money(story).text
    }
    try scenario.given(scenario.started)
    if chance(2) { try scenario.given(.policy("store", "s3://bucket")) }
    let isWebhook = chance(3)
    var start = DispatchStart(nextAt: scenario.clock.after(seconds: 60))
    start.asksForWebhook = isWebhook
    try scenario.given(.submit(), .job("j1", .startDispatch(start)))
    try expectNothing()
    try scenario.wait(1).given(.accept(at: scenario.clock.after(seconds: 2)))
    for share in 0..<Int.random(in: 0...8, using: &dice) {
      try expectNothing()
      try scenario.looked { seen in
        seen.fraction = UInt64(share) * 100_000
        if chance(4) { seen.source = .notification(.sse, id: nil, verified: true) }
      }
    }
    if chance(5) { try scenario.given(.check()) }
    let end: Observation =
      [.succeeded(), .succeeded(outputs: 2), .failed(), .canceled()].randomElement(using: &dice)!
    if isWebhook { try scenario.called(end) } else { try scenario.ended(end) }
    try expectNothing()
    while try scenario.job().isSaving {
      try scenario.given(.startStore(), .stored(UInt64(scenario.job().storedCount)))
    }
    if chance(2) { try scenario.delivered(.hook, "app") }
    if chance(2) { try scenario.reported("closed") }
    if chance(2) { try scenario.delivered().reported("seen") }
    scenario.wait(Double(Int.random(in: 0...100_000, using: &dice)))
    try expectNothing()
  }

  @Test("no history breaks a rule, and every diagnosis keeps its promises", arguments: 1...4)
  func random(_ stream: Int) throws {
    let history = try History("diagnoses \(stream)")
    while history.steps < 900 {
      try history.step()
      if history.steps % 150 == 0 { try history.diagnose() }
    }
  }

  @Test("a healthy job's story is told from its submission to its money")
  func told() throws {
    let scenario = try Scenario().given(.grant("100")).accepted()
    for _ in 0..<3 { try scenario.looked() }
    try scenario.ended().delivered()
    let story = try scenario.explanation()
    #expect(story.diagnoses.isEmpty && story.next == nil && story.waitingFor == nil)
    #expect(story.saw.hasPrefix("page (http) was told of it"), "\(story.saw)")
    for words in [
      "Handed in at 2100-01-01T00:00:00Z by tester for account acme: replicate.",
      "Sent and accepted as p1 after 1 s.",
      #"It was asked 4 times over 6 s; the last word was "succeeded"."#,
      "It succeeded at 2100-01-01T00:00:09Z after 9 s with 1 output.",
    ] { #expect(story.happened.contains(words), "\(story.happened)") }
    let verdict = scenario.position(of: .jobSucceeded)
    #expect(
      story.money.contains("because of job.succeeded at position \(verdict)"), "\(story.money)")
  }

  @Test("what an open job waits for says since when it has been due, and that nobody does it")
  func waiting() throws {
    let scenario = try Scenario().given(.grant("100")).accepted()
    let late = try scenario.explanation(after: 90)
    #expect(
      late.waitingFor == "a poll, due since 2100-01-01T00:00:03Z; no poller has ever run",
      "\(late.waitingFor ?? "")")
    #expect(late.next == "ledger poll --drain")
    try scenario.failed(429, .rateLimited)
    let limited = try scenario.explanation()
    #expect(
      limited.waitingFor
        == "replicate, which wants fewer requests; the next poll at 2100-01-01T00:00:07Z",
      "\(limited.waitingFor ?? "")")
  }

  @Test("incidents are listed newest first, as many as are wanted, of whom is meant")
  func listed() throws {
    let scenario = try Scenario().given(.grant("100"), .grant("10", to: "beta"))
    for name in ["a", "b", "c"] {
      try scenario.wait(10).given(
        .submit(name, account: name == "b" ? "beta" : "acme"), .start(name),
        .doubt(name, reconcileAt: nil))
    }
    try scenario.wait(10).called(.succeeded())
    func list(_ selector: Ledger.Selector) throws -> [Incident] {
      try scenario.books.read { try $0.incidents(selector, now: scenario.clock.now) }
    }
    let all = try list(Selector())
    #expect(all.map(\.job) == [nil, "c", "b", "a"])
    #expect(all.map(\.diagnosis.code).first == "ORPHAN_NOTIFICATION")
    #expect(all.first?.diagnosis.next?.hasPrefix("ledger track --provider replicate") == true)
    #expect(try list(Selector(limit: 2)).map(\.job) == [nil, "c"])
    #expect(try list(Selector(account: "beta")).map(\.job) == ["b"])
    try scenario.given(.track("late"))
    #expect(try list(Selector()).allSatisfy { $0.job != nil })
  }
}

extension Scenario {
  func explanation(_ id: String = "j1", after seconds: Double = 0) throws -> Explanation {
    let now = clock.after(seconds: seconds)
    return try books.read { snapshot in
      let number = try #require(try snapshot.jobNumber(id))
      return try #require(try snapshot.explanation(of: number, now: now))
    }
  }
}
