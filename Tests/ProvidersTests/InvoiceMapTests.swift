// What profiles say of their providers' invoices.

import Ledger
import Testing
import Wire

@testable import Providers

@Suite("The profile's invoice") struct InvoiceMapTests {
  private func lint(_ invoice: JSON) -> [ProfileProblem] {
    var profile = Fixture.queue.object ?? JSONObject()
    profile["invoice"] = invoice
    return Profile.lint(.object(profile)).filter { $0.pointer.hasPrefix("/invoice") }
  }

  @Test("a map is read as the books read one")
  func read() throws {
    #expect(
      lint(["columns": ["external_id": "id", "quantity": ["a", "b"], "unit": ["value": "s"]]]) == []
    )
  }

  @Test("what is wrong is named by its place")
  func wrong() {
    #expect(lint(["columns": ["colour": "a"]]).map(\.pointer) == ["/invoice/columns/colour"])
    #expect(lint(["columns": [:]]).map(\.pointer) == ["/invoice/columns"])
    #expect(lint(["column": [:]]).first?.message.contains("did you mean 'columns'") == true)
    #expect(lint(3).map(\.pointer) == ["/invoice"])
  }

  @Test(
    "who bills by the call can be held against its invoice",
    arguments: ["fal", "higgsfield", "replicate"])
  func builtIn(_ name: String) throws {
    #expect(try ProfileRegistry().profile(name).invoice != nil)
  }
}
