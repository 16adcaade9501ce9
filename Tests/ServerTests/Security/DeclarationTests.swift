// A route that nobody decided about does not exist: each says who may, and what is open to all is
// listed here by hand.

import Support
import Testing
import Wire

@testable import Server

@Suite("Who may, declared") struct DeclarationTests {
  /// Open to all, each for a reason: probes, this description, a webhook proves itself by its
  /// signature, a session begins with a token in the body and ends without one.
  private static let open: Set = [
    "closeSession", "live", "openSession", "openapi", "ready", "takeWebhook",
  ]

  @Test("every operation declares its scopes", arguments: Description.shared.operations)
  func declared(_ operation: Description.Operation) throws {
    let scopes = try #require(operation.json["x-scopes"]?.array, "x-scopes is missing")
    #expect(scopes.count <= 1, "a route asks for one scope")
    let isKnown = operation.id == "getSession"
    #expect(scopes.isEmpty == (operation.isOpen || isKnown), "\(operation.id)")
  }

  @Test("what is open to all is what was decided to be")
  func openByDecision() {
    #expect(Set(MatrixTests.open.map(\.id)) == DeclarationTests.open)
  }
}
