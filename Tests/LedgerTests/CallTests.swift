// What we sent, as an invoice is held against it, from real books.

import Support
import Testing
import Wire

@testable import Ledger

@Suite("Calls to a provider") struct CallTests {
  private func calls(_ books: Scenario, to provider: String = "replicate") throws -> [Call] {
    try books.books.read { try $0.calls(to: provider) }
  }

  @Test("a job that was sent is a call with its id, its times and its money")
  func sent() throws {
    let books = try Scenario().given(
      .grant("20"), .submit(), .submit("j2"), .start(), .accept())
    #expect(try calls(books).map(\.job) == ["j1"])
    try books.given(.observe(.pending()), .observe(.succeeded()))
    let call = try #require(try calls(books).first)
    #expect(call.externalID == "p1" && call.state == .succeeded && !call.isUndated)
    #expect(call.captured == Credits("5") && call.kept == Credits("5") && call.isPaid)
    #expect(call.sent != nil && call.ended != nil)
    try books.given(.refund("2"))
    #expect(try calls(books).first?.kept == Credits("3"))
    #expect(try calls(books, to: "fal").isEmpty)
  }

  @Test("a submit in doubt is a call without an id")
  func doubt() throws {
    let books = try Scenario().given(.grant("20"), .submit(), .start(), .doubt())
    let call = try #require(try calls(books).first)
    #expect(call.externalID == nil && call.ended == nil && !call.isPaid)
  }

  @Test("an adopted job brings what the app took, and is undated while it may have been at its end")
  func tracked() throws {
    let books = try Scenario().given(.grant("20"), .track(external: "x1", hold: "0"))
    let call = try #require(try calls(books).first)
    #expect(call.externalID == "x1" && call.isUndated && call.hold == .zero)
  }
}
