// What the audit says of pipelines whose money no decision would have written so.

import Support
import Testing
import Wire

@testable import Ledger

@Suite("The audit of pipelines") struct PipelineAuditTests {
  /// Two steps of 2 and 3 credits, the second under way.
  private func running(earned: Bool, charge: String? = nil) throws -> (ForgedHome, Position) {
    let home = try ForgedHome(
      .pipeline(shares: "2", "3"), .start(), .accept(),
      .observe(.stepDone(charge: charge, earned: earned)), .start(), .accept(external: "p2"))
    let books = try Books(home.home)
    let position = try books.read { snapshot in
      let done = try (1...snapshot.head).first {
        try snapshot.log.event(at: $0)?.event.type == .jobStepSucceeded
      }
      return try #require(done)
    }
    return (home, position)
  }

  private func captured(_ amount: String, _ evidence: Position) -> Event {
    .creditCaptured(
      CreditCaptured(
        amount: Credits(amount)!, lines: .acme(amount), account: ForgedHome.account,
        evidence: evidence))
  }

  private func released(_ amount: String, _ evidence: Position) -> Event {
    .creditReleased(
      CreditReleased(
        amount: Credits(amount)!, lines: .acme(amount), account: ForgedHome.account,
        evidence: evidence))
  }

  /// Ends the job as failed, with a charge for the first step.
  private func fail(_ home: ForgedHome, _ done: Position, _ first: String, _ rest: String) throws {
    try home.forge { position in
      [
        (.jobPolled(JobPolled(class: .ok, reading: .failed)), nil),
        (.jobFailed(JobFailed(class: .providerFailed)), nil), (captured(first, done), nil),
        (released(rest, position + 1), nil),
      ]
    }
  }

  @Test("a completed step is paid for by its own price where its profile says so")
  func earned() throws {
    let (home, done) = try running(earned: true, charge: "1.5")
    try fail(home, done, "1.5", "3.5")
    #expect(try home.failing() == [])
  }

  @Test("a completed step that its profile does not charge is no evidence")
  func unearned() throws {
    let (home, done) = try running(earned: false)
    try fail(home, done, "2", "3")
    #expect(try home.failing() == ["evidence"])
  }

  @Test("a completed step is charged its price and no other", arguments: ["1", "2.5"])
  func price(_ amount: String) throws {
    let (home, done) = try running(earned: true)
    try fail(home, done, amount, amount == "1" ? "4" : "2.5")
    #expect(try home.failing() == ["evidence"])
  }

  @Test("nothing is captured for a step while the job goes on")
  func early() throws {
    let (home, done) = try running(earned: true)
    try home.forge { _ in [(captured("2", done), nil)] }
    #expect(try home.failing() == ["evidence"])
  }

  @Test("a success costs what its steps cost together")
  func success() throws {
    let (home, _) = try running(earned: false, charge: "1")
    try home.forge { position in
      [
        (.jobPolled(JobPolled(class: .ok, reading: .succeeded)), nil),
        (.jobSucceeded(JobSucceeded(outputCount: 1)), nil), (captured("5", position + 1), nil),
      ]
    }
    #expect(try home.failing() == ["evidence"], "the first step reported 1")
  }

  @Test("a failing step costs no more than its own share")
  func share() throws {
    let (home, _) = try running(earned: false)
    try home.forge { position in
      [
        (.jobPolled(JobPolled(class: .ok, reading: .failed)), nil),
        (.jobFailed(JobFailed(class: .moderated)), nil), (captured("4", position + 1), nil),
        (released("1", position + 1), nil),
      ]
    }
    #expect(try home.failing() == ["evidence"])
  }
}
