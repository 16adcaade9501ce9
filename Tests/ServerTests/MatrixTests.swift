// Who may do what: every operation described, with every kind of proof, on one's own and on foreign
// accounts.

import Ledger
import Support
import Testing
import Wire

@testable import Server

@Suite("Who may do what") struct MatrixTests {
  /// Bodies that can be carried out, by operation.
  private static let bodies: [String: JSON] = [
    "submitJob": ["provider": "replicate", "account": "acme", "hold": "1", "input": ["a": 1]],
    "trackJob": ["provider": "replicate", "account": "acme", "hold": "0", "external_id": "p9"],
    "resolveJob": ["as": "failed", "reason": "seen there"],
    "refundJob": ["reason": "sorry"], "reportFromClient": ["kind": "seen"],
    "grantCredits": ["credits": "5"], "adjustCredits": ["credits": "1", "reason": "a mistake"],
    "openSession": ["token": "none"],
  ]

  /// What is sent with an operation that takes a body.
  static func body(_ operation: Description.Operation) -> JSON { bodies[operation.id] ?? [:] }

  private static func target(_ operation: Description.Operation, isForeign: Bool) -> String {
    operation.path.replacing("{job}", with: isForeign ? House.foreignJob : "j1")
      .replacing("{account}", with: isForeign ? House.foreignAccount : "acme")
      .replacing("{provider}", with: "replicate")
  }

  private func ask(
    _ house: House, _ operation: Description.Operation, token: String?, isForeign: Bool = false
  ) throws -> WebReply {
    let isPost = operation.method == "POST"
    return try house.ask(
      operation.method, MatrixTests.target(operation, isForeign: isForeign),
      json: isPost ? MatrixTests.bodies[operation.id] ?? [:] : nil, token: token)
  }

  /// All that need a proof.
  static let closed = Description.shared.operations.filter { !$0.isOpen }
  static let open = Description.shared.operations.filter(\.isOpen)
  private static let doors: Set = [401, 403, 404]

  @Test("each scope opens its own operations and no others", arguments: closed)
  func scopes(_ operation: Description.Operation) throws {
    let tokens = Scope.allCases.map { ($0, House.token("t-\($0.rawValue)", [$0])) }
    let house = try House(tokens: tokens.map(\.1.kept))
    for (scope, token) in tokens {
      let reply = try ask(house, operation, token: token.text)
      if operation.scopes.isEmpty || operation.scopes.contains(scope.rawValue) {
        #expect(!MatrixTests.doors.contains(reply.status), "\(scope): \(reply.text)")
      } else {
        #expect(reply.status == 403 && reply.code == "not_allowed", "\(scope)")
      }
    }
  }

  @Test(
    "without a token, with a wrong one or one that has ended, the answer is 401", arguments: closed)
  func unknown(_ operation: Description.Operation) throws {
    let house = try House(tokens: [House.token().kept])
    let ended = House.token("ended", expires: house.clock.after(seconds: -1))
    try Configuration.change(house.temporary.home) { $0.tokens.append(ended.kept) }
    house.clock.step(seconds: 2)
    for token in [nil, "ldg_wrong", "", ended.text] {
      let reply = try ask(house, operation, token: token)
      #expect(reply.status == 401 && reply.code == "unauthorized", "\(token ?? "none")")
      #expect(reply.field("www-authenticate")?.hasPrefix("Bearer") == true)
      #expect(!reply.text.contains("wrong"), "a proof is not repeated")
    }
  }

  @Test("what needs no proof asks for none, not even to a wrong one", arguments: open)
  func openToAll(_ operation: Description.Operation) throws {
    let house = try House(tokens: [House.token().kept])
    let isSession = operation.id == "openSession"
    for token in [nil, "of-somebody-else"] {
      let reply = try ask(house, operation, token: token)
      #expect(reply.code != "not_allowed")
      #expect((reply.code == "unauthorized") == isSession, "\(reply.text)")
    }
  }

  @Test("a token for one account does not learn that others exist", arguments: closed)
  func foreign(_ operation: Description.Operation) throws {
    let token = House.token(accounts: ["acme"])
    let house = try House(tokens: [token.kept])
    let isAbout = operation.path.contains("{job}") || operation.path.contains("{account}")
    if isAbout {
      let reply = try ask(house, operation, token: token.text, isForeign: true)
      #expect(reply.status == 404, "\(reply.text)")
      let none = try house.ask(
        operation.method,
        operation.path.replacing("{job}", with: "nobody").replacing("{account}", with: "nobody"),
        json: operation.method == "POST" ? MatrixTests.bodies[operation.id] ?? [:] : nil,
        token: token.text)
      #expect(none.status == 404 && none.code == reply.code)
    }
    let own = try ask(house, operation, token: token.text)
    // The whole house's figures and the audit are of all accounts at once.
    let isOfAll = ["audit", "metrics"].contains(operation.id)
    #expect(MatrixTests.doors.contains(own.status) == isOfAll, "\(own.text)")
    #expect(!own.text.contains("foreign"))
  }

  @Test("jobs and credits for a foreign account are refused, and nothing is written")
  func foreignWrites() throws {
    let token = House.token(accounts: ["acme", "team/*"])
    let house = try House(tokens: [token.kept])
    let head = try house.head
    for account in [House.foreignAccount, "team", "teams/x", "acme2", "*", "ac"] {
      let single: JSON = [
        "provider": "replicate", "account": .string(account), "hold": "0", "input": 1,
      ]
      let tracked: JSON = [
        "provider": "replicate", "account": .string(account), "hold": "0", "external_id": "p1",
      ]
      #expect(try (400...404) ~= house.post("/v1/jobs", single, token: token.text).status)
      #expect(try (400...404) ~= house.post("/v1/jobs/track", tracked, token: token.text).status)
    }
    #expect(try house.head == head)
    try house.give(.grant("5", to: "team/x"))
    let mine: JSON = ["provider": "replicate", "account": "team/x", "hold": "1", "input": 1]
    #expect(try house.post("/v1/jobs", mine, token: token.text).status == 202)
  }

  @Test("a found handle is not attached to a foreign job")
  func foreignAttachment() throws {
    let token = House.token(accounts: ["acme"])
    let house = try House(tokens: [token.kept])
    try house.give(.start(House.foreignJob))
    try house.give(.doubt(House.foreignJob))
    let head = try house.head
    let body: JSON = [
      "provider": "replicate", "account": "acme", "id": .string(House.foreignJob),
      "external_id": "p1",
    ]
    let reply = try house.post("/v1/jobs/track", body, token: token.text)
    #expect(reply.status >= 400 && !reply.text.contains(House.foreignAccount), "\(reply.text)")
    #expect(try house.head == head)
  }

  @Test("revoking a token closes the door within a second")
  func revoked() throws {
    let token = House.token()
    let other = House.token("other")
    let house = try House(tokens: [token.kept, other.kept])
    #expect(try house.get("/v1/jobs", token: token.text).status == 200)
    try Configuration.change(house.temporary.home) { $0.tokens = [other.kept] }
    house.clock.step(seconds: 1.1)
    #expect(try house.get("/v1/jobs", token: token.text).status == 401)
  }
}
