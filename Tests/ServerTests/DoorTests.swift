// Hosts, origins, cookies, tickets and how often one may ask.

import Ledger
import Support
import Testing
import Wire

@testable import Server

@Suite("The door") struct DoorTests {
  @Test(
    "without a token only our own names are answered, or any page could lead its name here",
    arguments: [
      ("127.0.0.1:1", 200), ("localhost", 200), ("LOCALHOST:99", 200), ("[::1]:1", 200),
      ("evil.example", 421), ("127.0.0.1.evil.example", 421), ("localhost.evil.example:1", 421),
      ("", 421), ("ledger.example", 200),
    ])
  func host(_ host: String, _ status: Int) throws {
    let house = try House { $0.publicURL = "https://ledger.example/" }
    #expect(try house.get("/v1/jobs", ["Host": host]).status == status)
  }

  @Test("with a token any name is answered")
  func anyHost() throws {
    let token = House.token()
    let house = try House(tokens: [token.kept])
    #expect(try house.get("/v1/jobs", ["Host": "evil.example"], token: token.text).status == 200)
  }

  @Test(
    "what a browser sends along by itself counts for our own pages only",
    arguments: [
      ("http://127.0.0.1", 200), ("https://127.0.0.1", 200), ("https://app.example", 200),
      ("http://evil.example", 403), ("null", 403), ("http://127.0.0.1.evil.example", 403),
      ("https://app.example.evil.example", 403),
    ])
  func origin(_ origin: String, _ status: Int) throws {
    let house = try House { $0.allowedOrigins = ["https://app.example"] }
    let reply = try house.get("/v1/jobs", ["Origin": origin])
    #expect(reply.status == status)
    let isAllowed = origin == "https://app.example"
    #expect(reply.field("access-control-allow-origin") == (isAllowed ? origin : nil))
    #expect(reply.field("vary") == "Origin")
  }

  @Test("a preflight names what is allowed, and nothing more for strangers")
  func preflight() throws {
    let house = try House { $0.allowedOrigins = ["https://app.example"] }
    for origin in ["https://app.example", "https://evil.example"] {
      let reply = try house.ask("OPTIONS", "/v1/jobs", ["Origin": origin])
      #expect(reply.status == 204 && reply.field("allow") == "GET, OPTIONS, POST")
      let isAllowed = origin == "https://app.example"
      #expect((reply.field("access-control-allow-origin") == origin) == isAllowed)
    }
    #expect(try house.ask("OPTIONS", "/v1/nothing").status == 404)
  }

  @Test("a session's cookie works for our own pages, until its token or its time ends")
  func session() throws {
    let token = House.token("web", [.readJobs])
    let house = try House(tokens: [token.kept, House.token("other").kept])
    #expect(try house.post("/v1/sessions", ["token": "wrong"]).status == 401)
    let opened = try house.post("/v1/sessions", ["token": .string(token.text)])
    #expect(opened.status == 201 && opened.json["name"] == "web")
    let field = try #require(opened.field("set-cookie"))
    #expect(field.contains("HttpOnly") && field.contains("SameSite=Strict"))
    #expect(!field.contains(token.text) && !opened.text.contains("ldg_"))
    let cookie = ["Cookie": "a=b; " + String(field.prefix { $0 != ";" })]
    #expect(try house.get("/v1/sessions", cookie).json["scopes"] == ["jobs:read"])
    #expect(try house.get("/v1/jobs", cookie).status == 200)
    #expect(try house.post("/v1/jobs/j1/cancel", [:], cookie).status == 403)
    let elsewhere = cookie.merging(["Origin": "https://evil.example"]) { $1 }
    #expect(try house.get("/v1/jobs", elsewhere).status == 403)
    #expect(try house.ask("DELETE", "/v1/sessions", cookie).status == 204)
    #expect(try house.get("/v1/jobs", cookie).status == 401)
    let again = try house.post("/v1/sessions", ["token": .string(token.text)])
    let second = ["Cookie": String(again.field("set-cookie")!.prefix { $0 != ";" })]
    #expect(try house.get("/v1/jobs", second).status == 200)
    house.clock.step(seconds: Gatekeeper.sessionSeconds + 1)
    #expect(try house.get("/v1/jobs", second).status == 401)
  }

  @Test("a cookie ends with its token")
  func sessionOfRevoked() throws {
    let token = House.token()
    let house = try House(tokens: [token.kept, House.token("other").kept])
    let opened = try house.post("/v1/sessions", ["token": .string(token.text)])
    let cookie = ["Cookie": String(opened.field("set-cookie")!.prefix { $0 != ";" })]
    try Configuration.change(house.temporary.home) { _ = $0.tokens.removeFirst() }
    house.clock.step(seconds: 1.1)
    #expect(try house.get("/v1/jobs", cookie).status == 401)
  }

  @Test("a ticket opens one stream within its time, and nothing else")
  func ticket() throws {
    let token = House.token(accounts: ["acme"])
    let house = try House(tokens: [token.kept])
    func make() throws -> String {
      let made = try house.post("/v1/stream-tickets", token: token.text)
      #expect(made.status == 201)
      return made.json["ticket"]?.string ?? ""
    }
    let ticket = try make()
    let target = "/v1/jobs/j1/events?ticket=\(ticket)"
    #expect(try house.stream(target).head.status == 200)
    #expect(try house.stream(target).head.status == 401)
    let late = try make()
    house.clock.step(seconds: Gatekeeper.ticketSeconds + 1)
    #expect(try house.stream("/v1/jobs/j1/events?ticket=\(late)").head.status == 401)
    let foreign = try house.stream("/v1/jobs/\(House.foreignJob)/events?ticket=\(try make())")
    #expect(foreign.head.status == 404)
    #expect(try house.get("/v1/jobs?ticket=\(try make())").status >= 400)
    #expect(try house.get("/v1/jobs/j1?ticket=\(try make())").status >= 400)
    #expect(try house.post("/v1/jobs/j1/cancel?ticket=\(try make())").status >= 400)
  }

  @Test("a ticket ends with its token")
  func ticketOfRevoked() throws {
    let token = House.token()
    let house = try House(tokens: [token.kept, House.token("other").kept])
    let made = try house.post("/v1/stream-tickets", token: token.text)
    try Configuration.change(house.temporary.home) { _ = $0.tokens.removeFirst() }
    house.clock.step(seconds: 1.1)
    let target = "/v1/events?ticket=\(made.json["ticket"]?.string ?? "")"
    #expect(try house.stream(target).head.status == 401)
  }

  @Test("who asks too often waits, and others do not")
  func rate() throws {
    let eager = House.token("eager")
    let calm = House.token("calm")
    let house = try House(tokens: [eager.kept, calm.kept]) { $0.requestsPerSecond = 5 }
    let statuses = try (0..<12).map { _ in
      try house.get("/v1/jobs?limit=1", token: eager.text).status
    }
    #expect(statuses == Array(repeating: 200, count: 10) + [429, 429])
    let refused = try house.get("/v1/jobs", token: eager.text)
    #expect(refused.field("retry-after") == "1" && refused.code == "rate_limited")
    #expect(try house.get("/v1/jobs", token: calm.text).status == 200)
    house.clock.step(seconds: 1)
    #expect(try house.get("/v1/jobs", token: eager.text).status == 200)
  }

  @Test("an address that guesses tokens waits too")
  func guessing() throws {
    let house = try House(tokens: [House.token().kept]) { $0.requestsPerSecond = 2 }
    let statuses = try (0..<6).map { try house.get("/v1/jobs", token: "ldg_guess\($0)").status }
    #expect(statuses == [401, 401, 401, 401, 429, 429])
    let session = try house.post("/v1/sessions", ["token": "ldg_guess"])
    #expect(session.status == 429)
  }

  @Test("a server that the world can reach does not start without a token")
  func world() throws {
    let home = try TemporaryHome()
    let books = try Books(home.home)
    var options = ServerOptions { .epoch }
    options.listen = "0.0.0.0:0"
    #expect(throws: ServerError.self) {
      _ = try Server(books, options, profiles: { _ in nil }, report: { _ in })
    }
  }
}
