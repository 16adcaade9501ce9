// What is refused at the door, so that the log holds nothing that cannot be read for ever.

import Ledger
import Support
import Testing
import Wire

@Suite("Bounds") struct BoundsTests {
  static let long = String(repeating: "x", count: 129)

  @Test(
    "names that cannot be keys and amounts that are none are refused",
    arguments: [
      Action.submit(""), .submit(long), .submit("a b"), .submit("a/b"), .submit("ä"),
      .submit(account: ""), .submit(account: long), .submit(account: "a b"),
      .submit(provider: ""), .submit(provider: long), .submit(hold: "-1"),
      .grant("-1"), .grant("0"), .grant("1", to: ""), .limit("-1"),
      .setPolicy(name: "", value: "x"), .setPolicy(name: long, value: nil),
      .pause(Pause(provider: long, reason: "")), .check(""), .cancel(long),
      .adjust(Adjustment(account: "acme", amount: Credits("1")!, reason: "")),
      .refund(Refund(job: "j1", amount: nil, reason: "")),
      .job("j1", .resolve(.failed, reason: "")),
      .track(external: String(repeating: "x", count: 1025)),
      .submit(input: .string(String(repeating: "x", count: 256 << 10))),
    ])
  func refused(_ action: Action) throws {
    let scenario = try Scenario().given(.grant("100"))
    let head = try scenario.head()
    try scenario.when(action).thenRefused(.invalid)
    #expect(try scenario.head() == head)
  }

  @Test("the longest of everything is taken, and the books open again")
  func longest() throws {
    let scenario = try Scenario()
    let name = String(repeating: "n", count: 128)
    try scenario.given(
      .grant("1000000000000", to: name),
      .setPolicy(
        name: "public_url",
        value: "https://" + String(repeating: "u", count: Limits.reasonBytes - 8)),
      .pause(Pause(provider: name, reason: name)),
      .submit(
        name, account: name, provider: name,
        input: .string(String(repeating: "x", count: (256 << 10) - 2))))
    #expect(try scenario.books.replay(.check).differences == [])
  }

  @Test("sums that would overflow are refused before they do")
  func overflow() throws {
    let scenario = try Scenario().given(.grant("1000000000000"), .grant("1000000000000"))
    try scenario.when(.grant("1000000000000")).thenRefused(.invalid)
    for number in 1...3 {
      let submit = try scenario.when(.submit("j\(number)", hold: "1000000000000"))
      if number == 3 { submit.thenRefused(.invalid) }
      if number < 3 { try scenario.given(.cancel("j\(number)")) }
    }
  }

  @Test(
    "numbers from a provider at the end of their range are kept within ours",
    arguments: [UInt64(UInt32.max) - 1, UInt64(UInt32.max), UInt64.max])
  func hostileNumbers(_ number: UInt64) throws {
    let scenario = try Scenario().given(
      .grant("100"), .submit(patience: number), .start(), .accept(patience: number))
    var seen = Observation.pending(fraction: number)
    seen.queuePlace = number
    try scenario.when(.observe(seen)).then(.jobPolled, .jobProgressed)
    let job = try scenario.job()
    #expect(job.fraction == 1_000_000 && job.queuePlace == .max - 1)
    #expect(try scenario.books.replay(.check).differences == [])
  }

  @Test("a price below zero charges nothing, one above the hold charges the hold")
  func hostilePrice() throws {
    let scenario = try Scenario().given(.grant("100"), .submit(), .start(), .accept())
    try scenario.when(.observe(.succeeded(charge: "-3")))
      .then(.jobPolled, .jobSucceeded, .captured("0"), .released("5"))
    try scenario.given(.submit("j2"), .start("j2"), .accept("j2", external: "p2"))
    try scenario.when(.observe("j2", .succeeded(charge: "7")))
      .then(.jobPolled, .jobSucceeded, .captured("5"))
  }
}
