// "Money": limits, and credits that come to their end.

import Judge
import Ledger
import Support
import Testing
import Wire

@Suite("Limits and ends of credits") struct EndTests {
  @Test("expiry exists only as an event, written by the poller's tick or the next decision")
  func tick() throws {
    let scenario = try Scenario()
    let end = scenario.clock.after(seconds: 60)
    try scenario.given(.grant("10", expires: end), .grant("1"), .submit(hold: "4"))
    try scenario.when(.expire(account: "acme"))
      .thenRefused(.conflict, naming: scenario.position(of: .creditHeld))
    #expect(try scenario.books.read { try $0.endedAccounts(through: end, limit: 9) }.count == 1)
    #expect(try scenario.books.read { try $0.nextEnd(after: scenario.clock.now) } == end)
    scenario.clock.step(seconds: 60)
    #expect(try scenario.account().available == Credits("7"))
    try scenario.when(.expire(account: "acme"), actor: .poller).then(.creditExpired("6"))
    #expect(try scenario.account().available == Credits("1"))
    try scenario.when(.expire(account: "acme"))
      .thenRefused(.conflict, naming: scenario.position(of: .creditExpired))
    try scenario.when(.expire(account: "nobody")).thenRefused(.notFound)
  }

  @Test("an account is due for expiry while something in an ending bucket is not held")
  func dueList() throws {
    let scenario = try Scenario()
    let (soon, later) = (scenario.clock.after(seconds: 60), scenario.clock.after(seconds: 90))
    func ended() throws -> Int {
      try scenario.books.read { try $0.endedAccounts(through: later, limit: 9).count }
    }
    try scenario.given(.grant("5", expires: later), .submit(hold: "5"))
    #expect(try ended() == 0)
    #expect(try scenario.books.read { try $0.nextEnd(after: .epoch) } == nil)
    try scenario.given(.cancel())
    #expect(try ended() == 1)
    try scenario.given(.grant("1", to: "other", expires: soon), .grant("1", expires: soon))
    #expect(try ended() == 2)
    #expect(try scenario.books.read { try $0.nextEnd(after: .epoch) } == soon)
    #expect(try scenario.books.read { try $0.endedAccounts(through: later, limit: 1).count } == 1)
  }

  @Test("a limit is not set below what the account owes")
  func lowered() throws {
    let scenario = try Scenario().given(.grant("1"), .limit("10"), .submit(hold: "8"))
    let last = scenario.position(of: .creditHeld)
    try scenario.when(.limit("6.999999")).thenRefused(.conflict, naming: last)
    try scenario.when(.limit("7")).then(.limitSet)
    try scenario.given(.cancel())
    try scenario.when(.limit("0")).then(.limitSet)
  }

  @Test("a limit's change lets what has ended end first")
  func limitEnds() throws {
    let scenario = try Scenario()
    let end = scenario.clock.after(seconds: 60)
    try scenario.given(.grant("3", expires: end))
    scenario.clock.step(seconds: 60)
    try scenario.when(.limit("5")).then(.creditExpired("3"), .limitSet)
  }

  @Test("a hold of 0 writes amounts of 0 and no lines, in every ending")
  func zero() throws {
    let scenario = try Scenario()
    try scenario.when(.submit(hold: "0")).then(.accountOpened, .jobSubmitted, .held("0"))
    #expect(scenario.history.last?.event.lines == [])
    try scenario.when(.cancel()).then(.jobCanceled, .released("0"))
    #expect(scenario.history.last?.event.lines == [])
    try scenario.given(.track("j2", hold: "0"), .observe("j2", .succeeded(charge: "3")))
    #expect(scenario.history.last?.event.amount == .zero)
    #expect(scenario.history.last?.event.type == .creditCaptured)
    try scenario.given(.track("j3", external: "p3", hold: "0"), .observe("j3", .failed()))
    try scenario.when(.observe("j3", .succeeded())).then(.jobPolled, .jobRecovered)
    #expect(try scenario.job("j3").writtenOff == .zero)
  }
}
