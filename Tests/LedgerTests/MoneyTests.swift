// Buckets, holds over several of them, full and partial captures, releases, expiry, limits.

import Judge
import Ledger
import Support
import Testing
import Wire

@Suite("Money") struct MoneyTests {
  /// Lines of the newest event of a type, as (grant's number from 1, amount).
  private func lines(_ scenario: Scenario, _ type: EventType) -> [String] {
    let buckets = scenario.history
      .filter { [.creditGranted, .accountOpened].contains($0.event.type) }.map(\.position)
    let event = scenario.history.last { $0.event.type == type }?.event
    return (event?.lines ?? []).map { "\(buckets.firstIndex(of: $0.bucket)!):\($0.amount)" }
  }

  @Test("the first grant opens the account")
  func grant() throws {
    let scenario = try Scenario()
    try scenario.when(.grant("27.5")).then(.accountOpened, .granted("27.5"))
    try scenario.when(.grant("0.000001")).then(.granted("0.000001"))
    #expect(try scenario.account().available == Credits("27.500001"))
  }

  @Test("a grant that ends in the past is refused")
  func pastGrant() throws {
    let scenario = try Scenario()
    try scenario.when(.grant("1", expires: scenario.clock.now)).thenRefused(.invalid)
  }

  @Test("a hold draws by priority, then earlier end, then position")
  func drawOrder() throws {
    let scenario = try Scenario()
    let (soon, late) = (scenario.clock.after(seconds: 60), scenario.clock.after(seconds: 600))
    // 0 is the account's overdraft, 1 to 5 the grants
    try scenario.given(
      .grant("1"), .grant("1", expires: late), .grant("1", expires: soon),
      .grant("1", priority: -1), .grant("1"), .submit(hold: "4.5"))
    #expect(lines(scenario, .creditHeld) == ["4:1", "3:1", "2:1", "1:1", "5:0.5"])
    try scenario.given(.start(), .accept())
    try scenario.when(.observe(.succeeded(charge: "2.2")))
      .then(.jobPolled, .jobSucceeded, .captured("2.2"), .released("2.3"))
    #expect(lines(scenario, .creditCaptured) == ["4:1", "3:1", "2:0.2"])
    #expect(lines(scenario, .creditReleased) == ["2:0.8", "1:1", "5:0.5"])
    let account = try scenario.account()
    #expect(account.available == Credits("2.8") && account.captured == Credits("2.2"))
  }

  @Test("a failure costs nothing, unless the profile charges for its class")
  func chargedFailure() throws {
    let scenario = try Scenario().given(.grant("100"), .track(), .track("j2", external: "p2"))
    try scenario.when(.observe(.failed(.moderated, charges: true)))
      .then(.jobPolled, .jobFailed, .captured("5"))
    try scenario.when(.observe("j2", .failed(charges: true, charge: "1.5")))
      .then(.jobPolled, .jobFailed, .captured("1.5"), .released("3.5"))
  }

  @Test("a late success after a charged failure writes off only what was given back")
  func chargedThenLate() throws {
    let scenario = try Scenario().given(
      .grant("100"), .track(), .observe(.failed(charges: true, charge: "2")))
    try scenario.when(.observe(.succeeded())).then(.jobPolled, .jobRecovered)
    #expect(try scenario.job().writtenOff == Credits("3"))
  }

  @Test("unheld credits end with their bucket, by the account's next decision")
  func expiry() throws {
    let scenario = try Scenario()
    let end = scenario.clock.after(seconds: 60)
    try scenario.given(.grant("10", expires: end), .grant("1"), .submit(hold: "4"))
    scenario.clock.step(seconds: 60)
    try scenario.when(.submit("j2", hold: "2"))
      .thenRefused(.insufficientCredits, naming: scenario.position(of: .creditHeld))
    try scenario.when(.submit("j2", hold: "1")).then(.jobSubmitted, .creditExpired("6"), .held("1"))
    #expect(try scenario.account().available == .zero)
  }

  @Test("held credits do not end; released into an ended bucket they end in the same group")
  func heldThenExpired() throws {
    let scenario = try Scenario()
    let end = scenario.clock.after(seconds: 60)
    try scenario.given(.grant("10", expires: end), .submit("j1", hold: "4"))
    try scenario.given(.submit("j2", hold: "6"), .start("j2"), .accept("j2", external: "p2"))
    scenario.clock.step(seconds: 61)
    try scenario.when(.observe("j2", .succeeded(charge: "5")))
      .then(.jobPolled, .jobSucceeded, .captured("5"), .released("1"), .creditExpired("1"))
    try scenario.when(.cancel("j1")).then(.jobCanceled, .released("4"), .creditExpired("4"))
    let account = try scenario.account()
    #expect(account.available == .zero && account.expired == Credits("5"))
  }

  @Test("a hundred ended buckets expire in one event")
  func manyExpired() throws {
    let scenario = try Scenario()
    let end = scenario.clock.after(seconds: 60)
    for _ in 1...100 { try scenario.given(.grant("1", expires: end)) }
    try scenario.given(.submit("held", hold: "80"))
    scenario.clock.step(seconds: 61)
    try scenario.when(.grant("5")).then(.creditExpired("20"), .granted("5"))
    try scenario.when(.cancel("held")).then(.jobCanceled, .released("80"), .creditExpired("80"))
    #expect(try scenario.account().available == Credits("5"))
  }

  @Test("an account may go below zero as far as its limit and no further")
  func limit() throws {
    let scenario = try Scenario().given(.grant("1"), .limit("10"))
    let last = scenario.position(of: .accountLimitSet)
    try scenario.when(.submit(hold: "11.000001")).thenRefused(.insufficientCredits, naming: last)
    try scenario.when(.submit(hold: "11")).then(.jobSubmitted, .held("11"))
    #expect(lines(scenario, .creditHeld) == ["1:1", "0:10"])
    #expect(try scenario.account().available == Credits("-10"))
    try scenario.given(.grant("4"))
    try scenario.when(.submit("j2", hold: "5"))
      .thenRefused(.insufficientCredits, naming: scenario.position(of: .creditGranted))
    try scenario.when(.submit("j2", hold: "4")).then(.jobSubmitted, .held("4"))
  }

  @Test("a limit is set only on an account that exists")
  func unknownLimit() throws {
    try Scenario().when(.limit("5")).thenRefused(.notFound)
  }

  @Test("a pause of one account, of one provider, of all: named, and polling goes on")
  func pauses() throws {
    for pause in [
      Pause(reason: "x"), Pause(provider: "replicate", reason: "x"),
      Pause(account: "acme", reason: "x"),
      Pause(provider: "replicate", account: "acme", reason: "x"),
    ] {
      let scenario = try Scenario().given(.grant("100"), .track("old", external: "p0"), .submit())
      try scenario.when(.pause(pause)).then(.submissionPaused)
      let position = scenario.position(of: .ledgerSubmissionPaused)
      try scenario.when(.pause(pause)).thenRepeats(position)
      try scenario.when(.start()).thenRefused(.notAllowed, naming: position)
      try scenario.when(.observe("old", .pending())).then(.jobPolled)
      try scenario.when(.unpause(provider: pause.provider, account: pause.account))
        .then(.submissionUnpaused)
      try scenario.when(.start()).then(.jobDispatchStarted)
      try scenario.when(.unpause(provider: pause.provider, account: pause.account))
        .thenRefused(.conflict)
    }
  }
}
