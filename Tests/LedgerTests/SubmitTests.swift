// Handing a job in: intent, price and hold in one group, before any call to a provider.

import Ledger
import Support
import Testing
import Wire

@Suite("Submitting") struct SubmitTests {
  @Test("a job is written down and its credits are held in one group")
  func submit() throws {
    let scenario = try Scenario().given(.grant("100"))
    try scenario.when(.submit()).then(.jobSubmitted, .held("5"))
    #expect(try scenario.job().state == .submitted)
    let account = try scenario.account()
    #expect(account.available == Credits("95") && account.held == Credits("5"))
  }

  @Test("without enough credits it is refused, naming the account's last credit event")
  func insufficient() throws {
    let scenario = try Scenario().given(.grant("4.999999"))
    try scenario.when(.submit(hold: "5"))
      .thenRefused(.insufficientCredits, naming: scenario.position(of: .creditGranted))
    try scenario.when(.submit(hold: "4.999999")).then(.jobSubmitted, .held("4.999999"))
  }

  @Test("a refused job burns neither its id nor its key")
  func refusedBurnsNothing() throws {
    let scenario = try Scenario().given(.grant("1"))
    try scenario.when(.submit(), key: "k")
      .thenRefused(.insufficientCredits, naming: scenario.position(of: .creditGranted))
    try scenario.given(.grant("9"))
    try scenario.when(.submit(), key: "k").then(.jobSubmitted, .held("5"))
  }

  @Test("an account nobody opened pays for nothing, but watches for free")
  func unknownAccount() throws {
    let scenario = try Scenario()
    try scenario.when(.submit()).thenRefused(.notFound)
    try scenario.when(.submit(hold: "0")).then(.accountOpened, .jobSubmitted, .held("0"))
  }

  @Test("a job's id is taken once, naming the job that has it")
  func idTaken() throws {
    let scenario = try Scenario().given(.grant("100"), .submit())
    let first = scenario.position(of: .jobSubmitted)
    try scenario.when(.submit(), key: "another").thenRefused(.conflict, naming: first)
  }

  @Test("a hold that has ended already is refused")
  func pastHold() throws {
    let scenario = try Scenario().given(.grant("100"))
    try scenario.when(.submit(holdExpires: scenario.clock.now)).thenRefused(.invalid)
  }

  @Test("a key is answered once, with what it was answered before")
  func key() throws {
    let scenario = try Scenario().given(.grant("100"))
    try scenario.when(.submit("a"), key: "k").then(.jobSubmitted, .held("5"))
    let end = scenario.position(of: .creditHeld)
    try scenario.given(.start("a"), .accept("a"))
    try scenario.when(.submit("a"), key: "k").thenRepeats(end)
    #expect(try scenario.account().held == Credits("5"))
  }

  @Test("the client's id alone makes a submit idempotent")
  func clientID() throws {
    let scenario = try Scenario().given(.grant("100"))
    try scenario.when(.submit(input: ["prompt": "x", "n": 1])).then(.jobSubmitted, .held("5"))
    try scenario.when(.submit(input: ["n": 1, "prompt": "x"]))
      .thenRepeats(scenario.position(of: .creditHeld))
  }

  @Test(
    "a key used for another command is a conflict, naming the first use",
    arguments: [
      Action.submit("b"), .submit("a", hold: "6"), .submit("a", provider: "fal"),
      .submit("a", input: ["prompt": "other"]), .submit("a"),
    ])
  func keyReuse(_ other: Action) throws {
    let scenario = try Scenario().given(.grant("100"))
    try scenario.when(.submit("a", input: ["prompt": "x"]), key: "k").then(
      .jobSubmitted, .held("5"))
    try scenario.when(other, key: "k")
      .thenRefused(.conflict, naming: scenario.position(of: .jobSubmitted))
  }

  @Test("the same key in another scope is another key")
  func scopes() throws {
    let scenario = try Scenario()
    try scenario.when(.grant("100"), key: "k").then(.accountOpened, .granted("100"))
    try scenario.when(.submit(), key: "k").then(.jobSubmitted, .held("5"))
    try scenario.when(.grant("100"), key: "k").thenRepeats(scenario.position(of: .creditGranted))
    try scenario.when(.grant("99"), key: "k")
      .thenRefused(.conflict, naming: scenario.position(of: .accountOpened))
  }
}
