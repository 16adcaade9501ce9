// "Money": refunds and corrections, sentence by sentence.

import Judge
import Ledger
import Support
import Testing
import Wire

@Suite("Refunds and corrections") struct RefundTests {
  /// Lines of the newest event of a type: the bucket, `own` where the event opened it; amount.
  private func lines(_ scenario: Scenario, _ type: EventType) -> [String] {
    guard let event = scenario.history.last(where: { $0.event.type == type }) else { return [] }
    return (event.event.lines ?? []).map {
      "\($0.bucket == event.position ? "own" : "\($0.bucket)"):\($0.amount)"
    }
  }

  /// A job of 5 that was charged in full.
  private func charged() throws -> Scenario {
    try Scenario().given(.grant("100"), .track(), .observe(.succeeded()))
  }

  @Test("a refund without an amount gives back all that was captured")
  func whole() throws {
    let scenario = try charged()
    try scenario.when(.refund()).then(.refunded("5"))
    let (job, account) = (try scenario.job(), try scenario.account())
    #expect(job.refunded == Credits("5") && job.state == .succeeded)
    #expect(account.available == Credits("100") && account.refunded == Credits("5"))
  }

  @Test("partial refunds add up, never to more than was captured")
  func partial() throws {
    let scenario = try charged()
    let captured = scenario.position(of: .creditCaptured)
    try scenario.when(.refund("2")).then(.refunded("2"))
    try scenario.when(.refund("3.000001")).thenRefused(.conflict, naming: captured)
    try scenario.when(.refund("3")).then(.refunded("3"))
    try scenario.when(.refund("0.000001")).thenRefused(.conflict, naming: captured)
    try scenario.when(.refund()).thenRefused(.conflict, naming: captured)
    #expect(try scenario.account().available == Credits("100"))
  }

  @Test("a refund with a key is given once; the key with another amount is a conflict")
  func keyed() throws {
    let scenario = try charged()
    try scenario.when(.refund("2"), key: "k").then(.refunded("2"))
    let position = scenario.position(of: .creditRefunded)
    try scenario.when(.refund("2"), key: "k").thenRepeats(position)
    try scenario.when(.refund("1"), key: "k").thenRefused(.conflict, naming: position)
    #expect(try scenario.job().refunded == Credits("2"))
  }

  @Test("a job that was never charged has nothing to refund")
  func uncharged() throws {
    let scenario = try Scenario().given(.grant("100"), .track())
    try scenario.when(.refund())
      .thenRefused(.conflict, naming: scenario.position(of: .jobSubmitted))
    try scenario.given(.observe(.failed()))
    try scenario.when(.refund("1"))
      .thenRefused(.conflict, naming: scenario.position(of: .jobFailed))
    try scenario.when(.refund("1", of: "nobody")).thenRefused(.notFound)
  }

  @Test("a refund of nothing is refused, and burns no key")
  func nothing() throws {
    let scenario = try charged()
    try scenario.when(.refund("0"), key: "k").thenRefused(.invalid)
    try scenario.when(.refund("1"), key: "k").then(.refunded("1"))
  }

  @Test("refund reverses the draw order")
  func order() throws {
    let scenario = try Scenario().given(.grant("2"), .grant("2"), .grant("4"))
    let buckets = scenario.history.filter { $0.event.type == .creditGranted }.map(\.position)
    try scenario.given(.track(hold: "6"), .observe(.succeeded()))
    try scenario.when(.refund("3")).then(.refunded("3"))
    #expect(lines(scenario, .creditRefunded) == ["\(buckets[2]):2", "\(buckets[1]):1"])
    try scenario.when(.refund()).then(.refunded("3"))
    #expect(lines(scenario, .creditRefunded) == ["\(buckets[1]):1", "\(buckets[0]):2"])
  }

  @Test("a refund into an expired bucket opens a new one without expiry")
  func expired() throws {
    let scenario = try Scenario()
    let end = scenario.clock.after(seconds: 60)
    try scenario.given(
      .grant("2", expires: end), .grant("9"), .track(hold: "6"), .observe(.succeeded()))
    let second = scenario.history.last { $0.event.type == .creditGranted }!.position
    scenario.clock.step(seconds: 61)
    try scenario.when(.refund("5")).then(.refunded("5"))
    #expect(lines(scenario, .creditRefunded) == ["\(second):4", "own:1"])
    try scenario.when(.refund()).then(.refunded("1"))
    #expect(lines(scenario, .creditRefunded) == ["own:1"])
    scenario.clock.step(seconds: 1e9)
    try scenario.when(.expire(account: "acme"))
      .thenRefused(.conflict, naming: scenario.position(of: .creditRefunded))
    try scenario.when(.submit("j2", hold: "9")).then(.jobSubmitted, .held("9"))
    #expect(try scenario.account().available == Credits("2"))
  }

  @Test("credits that have ended expire before a refund or a correction")
  func endsFirst() throws {
    let scenario = try Scenario()
    let (soon, later) = (scenario.clock.after(seconds: 60), scenario.clock.after(seconds: 90))
    try scenario.given(
      .grant("9"), .track(), .observe(.succeeded()), .grant("3", expires: soon),
      .grant("4", expires: later))
    scenario.clock.step(seconds: 60)
    try scenario.when(.refund("1")).then(.creditExpired("3"), .refunded("1"))
    scenario.clock.step(seconds: 30)
    try scenario.when(.adjust("-5")).then(.creditExpired("4"), .adjusted("-5"))
    #expect(try scenario.account().available == .zero)
  }

  @Test("a refund repays the limit where the credits came from it")
  func overdraft() throws {
    let scenario = try Scenario().given(
      .grant("1"), .limit("10"), .track(hold: "6"), .observe(.succeeded()))
    #expect(try scenario.account().available == Credits("-5"))
    try scenario.when(.refund("5.5")).then(.refunded("5.5"))
    #expect(try scenario.account().available == Credits("0.5"))
    try scenario.when(.submit("j2", hold: "10.5")).then(.jobSubmitted, .held("10.5"))
  }

  @Test("a late charge can be refunded too, out of the lines of both holds")
  func late() throws {
    let scenario = try Scenario().given(
      .grant("100"), .policy("late_success", "charge"), .track(),
      .observe(.failed(charges: true, charge: "2")), .observe(.succeeded()))
    #expect(try scenario.job().captured == Credits("5"))
    try scenario.when(.refund("4")).then(.refunded("4"))
    try scenario.when(.refund()).then(.refunded("1"))
    #expect(try scenario.account().available == Credits("100"))
  }

  @Test("a correction of more than zero opens a bucket of its own")
  func gives() throws {
    let scenario = try Scenario().given(.grant("1"))
    try scenario.when(.adjust("4.5")).then(.adjusted("4.5"))
    #expect(lines(scenario, .creditAdjusted) == ["own:4.5"])
    try scenario.when(.submit(hold: "5.5")).then(.jobSubmitted, .held("5.5"))
    let position = scenario.position(of: .creditAdjusted)
    let drawn = scenario.history.last { $0.event.type == .creditHeld }?.event.lines
    #expect(drawn?.last?.bucket == position)
  }

  @Test("a correction of less than zero drains in draw order, and never below −limit")
  func takes() throws {
    let scenario = try Scenario().given(.grant("1"), .grant("2", priority: -1), .limit("10"))
    let buckets = scenario.history.filter { $0.event.type == .creditGranted }.map(\.position)
    try scenario.when(.adjust("-13.000001"))
      .thenRefused(.insufficientCredits, naming: scenario.position(of: .accountLimitSet))
    try scenario.when(.adjust("-2.5")).then(.adjusted("-2.5"))
    #expect(lines(scenario, .creditAdjusted) == ["\(buckets[1]):-2", "\(buckets[0]):-0.5"])
    try scenario.when(.adjust("-10.5")).then(.adjusted("-10.5"))
    let account = try scenario.account()
    #expect(account.available == Credits("-10") && account.adjusted == Credits("-13"))
    try scenario.when(.adjust("-0.000001"))
      .thenRefused(.insufficientCredits, naming: scenario.position(of: .creditAdjusted))
  }

  @Test("held credits are no one's to correct")
  func heldStays() throws {
    let scenario = try Scenario().given(.grant("5"), .submit(hold: "4"))
    try scenario.when(.adjust("-2"))
      .thenRefused(.insufficientCredits, naming: scenario.position(of: .creditHeld))
    try scenario.when(.adjust("-1")).then(.adjusted("-1"))
  }

  @Test("a correction with a key is made once; of zero or of nobody it is refused")
  func correctionKeys() throws {
    let scenario = try Scenario().given(.grant("5"))
    try scenario.when(.adjust("-1"), key: "k").then(.adjusted("-1"))
    let position = scenario.position(of: .creditAdjusted)
    try scenario.when(.adjust("-1"), key: "k").thenRepeats(position)
    try scenario.when(.adjust("1"), key: "k").thenRefused(.conflict, naming: position)
    try scenario.when(.adjust("0")).thenRefused(.invalid)
    try scenario.when(.adjust("1", of: "nobody")).thenRefused(.notFound)
  }

  @Test("a sum that the books could not count is refused")
  func uncountable() throws {
    let scenario = try Scenario().given(.grant("1"))
    for _ in 1...2 { try scenario.given(.adjust("1000000000000")) }
    try scenario.when(.adjust("1000000000000")).thenRefused(.invalid)
  }
}
