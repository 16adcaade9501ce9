// What the world outside has heard, and what it says it saw: kept as evidence, changes nothing.

import Ledger
import Support
import Testing
import Wire

@Suite("Deliveries and clients' reports") struct ToldTests {
  @Test("a delivery is recorded in any state, and moves neither the job nor its money")
  func delivered() throws {
    let scenario = try Scenario().given(.grant("100"), .submit(), .start(), .accept())
    let before = try scenario.job()
    try scenario.when(.job("j1", .deliver(Delivery(channel: .hook, consumer: "app", through: 3))))
      .then(Fact(.jobDelivered))
    let failed = Delivery(channel: .hook, failure: Exchange(httpStatus: 503, message: "down"))
    try scenario.when(.job("j1", .deliver(failed))).then(Fact(.jobDeliveryFailed))
    let after = try scenario.job()
    #expect(after.state == before.state && after.nextAt == before.nextAt)
    #expect(after.openHold == before.openHold)
    try scenario.given(.observe(.succeeded()))
    try scenario.when(.job("j1", .deliver(Delivery(channel: .sse)))).then(Fact(.jobDelivered))
    #expect(try scenario.job().state == .succeeded)
  }

  @Test("a client's report is kept; one without a kind, or beyond the bound, is refused")
  func reported() throws {
    let scenario = try Scenario().given(.grant("100"), .submit())
    let seen = ClientReport(kind: "network_error", words: ["status": 0])
    try scenario.when(.job("j1", .report(seen))).then(Fact(.jobClientReported))
    try scenario.when(.job("j1", .report(ClientReport(kind: "")))).thenRefused(.invalid)
    let huge = JSON.string(String(repeating: "x", count: Limits.metaBytes))
    try scenario.when(.job("j1", .report(ClientReport(kind: "seen", words: huge))))
      .thenRefused(.invalid)
    try scenario.when(.job("nobody", .report(seen))).thenRefused(.notFound)
  }

  @Test("a stream's message between two looks never puts off one that somebody asked for")
  func message() throws {
    let scenario = try Scenario().given(.grant("100"), .submit(), .start(), .accept())
    let later = try scenario.job().updatedAt!.advanced(seconds: 3600)
    var message = Observation(
      source: .notification(.sse, id: nil, verified: true), reading: .pending, nextAt: later)
    try scenario.given(.check())
    try scenario.given(.observe(message))
    #expect(try scenario.job().nextAt == scenario.clock.now && scenario.job().state == .running)
    // Where nothing is due it stands as it is given.
    var polled = message
    polled.source = .poll(.status)
    try scenario.given(.observe(polled))
    message.nextAt = later.advanced(seconds: 60)
    try scenario.given(.observe(message))
    #expect(try scenario.job().nextAt == message.nextAt)
  }
}
