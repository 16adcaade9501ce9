// Where a job's time went: lanes folded from its events.

import Support
import Testing
import Wire

@testable import Ledger

@Suite("The waterfall") struct WaterfallTests {
  /// The lanes of job `j1`, drawn until now.
  private func lanes(_ scenario: Scenario) throws -> [LaneKind: Lane] {
    let timeline = try scenario.books.read { try $0.timeline("j1") }
    let lanes = try #require(timeline).waterfall.lanes(until: scenario.clock.now) {
      "\(Int($0)) s"
    }
    #expect(lanes.map(\.kind) == LaneKind.allCases.filter { lanes.map(\.kind).contains($0) })
    return Dictionary(uniqueKeysWithValues: lanes.map { ($0.kind, $0) })
  }

  private func length(_ bar: LaneBar?) -> Double? { bar.map { $0.to.seconds(since: $0.from) } }

  /// A job that its provider has.
  private func dispatched() throws -> Scenario {
    let scenario = try Scenario()
    try scenario.given(.grant("100"), .submit())
    scenario.clock.step(seconds: 5)
    try scenario.given(.start())
    scenario.clock.step(seconds: 2)
    try scenario.given(.accept())
    return scenario
  }

  @Test("a job that was only submitted has a hold that goes on")
  func submitted() throws {
    let scenario = try Scenario()
    try scenario.given(.grant("100"), .submit())
    scenario.clock.step(seconds: 40)
    let lanes = try lanes(scenario)
    #expect(Set(lanes.keys) == [.hold])
    #expect(lanes[.hold]?.bars.first?.kind == .going)
    #expect(length(lanes[.hold]?.bars.first) == 40)
    #expect(lanes[.hold]?.words == "5 held")
  }

  @Test("a whole life: submit, queue until progress, run until the verdict, capture, delivery")
  func wholeLife() throws {
    let scenario = try dispatched()
    scenario.clock.step(seconds: 10)
    try scenario.given(.observe(.pending()))
    scenario.clock.step(seconds: 10)
    try scenario.given(.observe(.pending(fraction: 500_000)))
    scenario.clock.step(seconds: 30)
    try scenario.given(.observe(.succeeded()))
    scenario.clock.step(seconds: 7)
    try scenario.given(.job("j1", .deliver(Delivery(channel: .http, consumer: "app"))))
    let lanes = try lanes(scenario)
    #expect(lanes[.hold]?.words == "5 captured" && length(lanes[.hold]?.bars.first) == 57)
    #expect(lanes[.submit]?.words == "2 s" && lanes[.submit]?.bars.first?.kind == .work)
    #expect(lanes[.queue]?.words == "20 s")
    #expect(lanes[.run]?.words == "30 s" && lanes[.run]?.bars.first?.kind == .work)
    #expect(lanes[.polls]?.words == "3" && lanes[.polls]?.ticks.count == 3)
    #expect(lanes[.client]?.words == "seen after 7 s")
    #expect(lanes[.download] == nil && lanes[.told] == nil)
  }

  @Test("a provider that was never asked is one long silence")
  func neverPolled() throws {
    let scenario = try dispatched()
    scenario.clock.step(seconds: 600)
    let lanes = try lanes(scenario)
    #expect(lanes[.polls]?.bars.map(\.kind) == [.silence])
    #expect(lanes[.polls]?.words == "0, silent 600 s")
    #expect(lanes[.queue]?.bars.first?.kind == .going)
  }

  @Test("a pause as long as the others is no silence, one far longer is; bad answers are trouble")
  func silence() throws {
    let scenario = try dispatched()
    for _ in 1...5 {
      scenario.clock.step(seconds: 70)
      try scenario.given(.observe(.pending()))
    }
    #expect(try lanes(scenario)[.polls]?.bars == [])
    scenario.clock.step(seconds: 500)
    try scenario.given(.observe(.unknown(status: 503)))
    let polls = try #require(try lanes(scenario)[.polls])
    #expect(polls.words == "6, silent 500 s")
    #expect(polls.ticks.map(\.isTrouble) == [false, false, false, false, false, true])
  }

  @Test("an unconfirmed result is a silence of the client's; several attempts are counted")
  func unconfirmed() throws {
    let scenario = try Scenario()
    try scenario.given(
      .grant("100"), .submit(), .start(),
      .refuse(status: 429, class: .rateLimited, retryAt: .epoch), .start(), .accept(),
      .observe(.succeeded()))
    scenario.clock.step(seconds: 100)
    let lanes = try lanes(scenario)
    #expect(lanes[.submit]?.words == "2 attempts")
    #expect(lanes[.client]?.words == "not confirmed")
    #expect(lanes[.client]?.bars.map(\.kind) == [.silence])
  }

  @Test("every row of the axis names the lane it belongs to, in the drawing's words")
  func rows() throws {
    let scenario = try dispatched()
    try scenario.given(.observe(.succeeded()))
    let timeline = try scenario.books.read { try $0.timeline("j1") }
    let rows = try #require(timeline).rows.map { [$0.type.name, $0.lane?.rawValue ?? ""] }
    #expect(
      rows == [
        ["job.submitted", ""], ["credit.held", "Hold"], ["job.dispatch_started", "Submit"],
        ["job.dispatched", "Submit"], ["job.polled", "Polls"], ["job.succeeded", ""],
        ["credit.captured", "Hold"],
      ])
  }
}
