// Proofs that have ended: a token taken back closes every door it opened, and whoever gets its name
// next is somebody else.

import Ledger
import Support
import Testing
import Wire

@testable import Server

@Suite("Proofs that have ended") struct EndedProofTests {
  /// Everything a browser or a backend could still hold of a token that was revoked.
  @Test(
    "a revoked token, its cookie and its ticket open no operation", arguments: MatrixTests.closed)
  func revoked(_ operation: Description.Operation) throws {
    let token = House.token("web")
    let house = try House(tokens: [token.kept, House.token("other").kept])
    let opened = try house.post("/v1/sessions", ["token": .string(token.text)])
    let cookie = String(try #require(opened.field("set-cookie")).prefix { $0 != ";" })
    let made = try house.post("/v1/stream-tickets", token: token.text)
    let ticket = try #require(made.json["ticket"]?.string)
    try Configuration.change(house.temporary.home) { _ = $0.tokens.removeFirst() }
    house.clock.step(seconds: 1.1)

    let target = operation.path.replacing("{job}", with: "j1").replacing("{account}", with: "acme")
    let body: JSON? = operation.method == "POST" ? MatrixTests.body(operation) : nil
    let replies = [
      try house.ask(operation.method, target, json: body, token: token.text),
      try house.ask(operation.method, target, ["Cookie": cookie], json: body),
      try house.ask(
        operation.method, "\(target)?ticket=\(ticket)", ["Accept": "text/event-stream"],
        json: body),
    ]
    for reply in replies {
      #expect(reply.status == 401 && reply.code == "unauthorized", "\(reply.text)")
    }
  }

  @Test("a new token of the same name does not inherit the tickets and cookies of the old one")
  func sameName() throws {
    let old = House.token("web", accounts: ["acme"])
    let house = try House(tokens: [old.kept])
    let made = try house.post("/v1/stream-tickets", token: old.text)
    let ticket = try #require(made.json["ticket"]?.string)
    let opened = try house.post("/v1/sessions", ["token": .string(old.text)])
    let cookie = String(try #require(opened.field("set-cookie")).prefix { $0 != ";" })
    let new = House.token("web", accounts: [House.foreignAccount])
    try Configuration.change(house.temporary.home) { $0.tokens = [new.kept] }
    house.clock.step(seconds: 1.1)
    let target = "/v1/jobs/\(House.foreignJob)/events?ticket=\(ticket)"
    #expect(try house.stream(target).head.status == 401)
    #expect(try house.get("/v1/jobs", ["Cookie": cookie]).status == 401)
  }
}
