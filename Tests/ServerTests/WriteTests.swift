// Handing jobs in and acting on them: once, whoever repeats it, or refused with a reason.

import Ledger
import Posix
import Support
import Testing
import Wire

@testable import Server

@Suite("Writing") struct WriteTests {
  private func job(_ more: [(String, JSON)] = []) -> JSON {
    var object = JSONObject([
      .init("provider", "replicate"), .init("account", "acme"), .init("hold", "1"),
      .init("input", ["prompt": "a lighthouse"]),
    ])
    for (name, value) in more { object[name] = value }
    return .object(object)
  }

  @Test("a job is in the books when it is answered, and its repetition is the first answer")
  func submit() throws {
    let house = try House()
    let first = try house.post("/v1/jobs", job([("id", "v1"), ("meta", ["user": "u1"])]))
    #expect(first.status == 202 && first.field("location") == "/v1/jobs/v1")
    #expect(first.json["repeated"] == false && first.json["held"] == "1")
    let head = try house.head
    let again = try house.post("/v1/jobs", job([("id", "v1"), ("meta", ["user": "u1"])]))
    #expect(again.status == 202 && again.json["repeated"] == true)
    #expect(again.json["position"] == first.json["position"])
    #expect(try house.head == head)
    #expect(try house.get("/v1/jobs?meta=user%3Du1").json["jobs"]?.array?.count == 1)
  }

  @Test("a key makes a job unique: quoted, bare or in the body it is the same key")
  func keys() throws {
    let house = try House()
    let first = try house.post("/v1/jobs", job(), ["Idempotency-Key": "\"k-1\""])
    let bare = try house.post("/v1/jobs", job(), ["Idempotency-Key": "k-1"])
    let inBody = try house.post("/v1/jobs", job([("key", "k-1")]))
    #expect(first.status == 202 && first.json["repeated"] == false)
    for again in [bare, inBody] {
      #expect(again.json["repeated"] == true && again.json["job"] == first.json["job"])
    }
    let other = try house.post("/v1/jobs", job([("hold", "2")]), ["Idempotency-Key": "k-1"])
    #expect(other.status == 422 && other.code == "conflict")
  }

  @Test("the same key from 32 clients at once makes one job")
  func race() throws {
    let house = try House()
    let head = try house.head
    let connections = try (0..<32).map { _ in try WebConnection(port: house.port) }
    let body = job().bytes
    for connection in connections {
      connection.send(
        "POST", "/v1/jobs",
        ["Content-Type": "application/json", "Idempotency-Key": "race"], body: body)
    }
    let replies = try connections.map { try $0.reply() }
    #expect(replies.filter { $0.json["repeated"] == false }.count == 1)
    #expect(Set(replies.compactMap { $0.json["job"]?.string }).count == 1)
    #expect(try house.head == head + 2)
  }

  @Test("what cannot be done says why, and writes nothing")
  func refused() throws {
    let house = try House()
    let head = try house.head
    let cases: [(String, JSON, Int, String)] = [
      ("/v1/jobs", job([("hold", "999999")]), 402, "insufficient_credits"),
      ("/v1/jobs", job([("id", "j1")]), 409, "conflict"),
      ("/v1/jobs", job([("hold", 1)]), 400, "usage"),
      ("/v1/jobs", job([("hold", "-1")]), 400, "invalid"),
      ("/v1/jobs", job([("hold", "0.0000001")]), 400, "usage"),
      ("/v1/jobs", job([("id", "no spaces")]), 400, "invalid"),
      ("/v1/jobs", job([("id", "a\r\nevent: x")]), 400, "invalid"),
      ("/v1/jobs", job([("id", "")]), 400, "invalid"),
      ("/v1/jobs", job([("account", "a b")]), 400, "invalid"),
      ("/v1/jobs", job([("provider", "nobody")]), 400, "unknown_provider"),
      ("/v1/jobs", job([("patience", "soon")]), 400, "usage"),
      ("/v1/jobs", job([("meta", ["a": 1])]), 400, "usage"),
      ("/v1/jobs", job([("inptu", 1)]), 400, "usage"),
      ("/v1/jobs", ["account": "acme", "hold": "1"], 400, "usage"),
      ("/v1/jobs", [], 400, "usage"),
      ("/v1/jobs", "text", 400, "usage"),
      ("/v1/jobs/track", ["provider": "replicate", "account": "acme"], 400, "usage"),
      ("/v1/jobs/j1/resolve", ["as": "maybe", "reason": "r"], 400, "usage"),
      ("/v1/jobs/j1/resolve", ["as": "failed"], 400, "usage"),
      ("/v1/jobs/j1/unpark", [:], 409, "conflict"),
      ("/v1/jobs/j1/refund", ["reason": "r"], 409, "conflict"),
      ("/v1/jobs/j1/client-reports", ["kind": "No"], 400, "usage"),
      ("/v1/jobs/j1/delivered", ["channel": "pigeon"], 400, "usage"),
      ("/v1/jobs/j1/delivered", ["through": 0], 400, "usage"),
      ("/v1/accounts/acme/grants", ["credits": "0"], 400, "invalid"),
      ("/v1/accounts/acme/grants", ["credits": "1", "expires": "x"], 400, "usage"),
      ("/v1/accounts/acme/adjustments", ["credits": "1"], 400, "usage"),
      ("/v1/accounts/no%20body/grants", ["credits": "1"], 400, "invalid"),
    ]
    for (target, body, status, code) in cases {
      let reply = try house.post(target, body)
      #expect(reply.status == status && reply.code == code, "\(body.text): \(reply.text)")
      #expect(reply.json["type"]?.string == "urn:ledger:problem:\(reply.code ?? "")")
    }
    #expect(try house.head == head)
  }

  @Test("a body that is no JSON object, or of another type, is refused")
  func bodies() throws {
    let house = try House()
    let json = ["Content-Type": "application/json"]
    let deep = String(repeating: "[", count: 2000) + String(repeating: "]", count: 2000)
    for text in ["{", "{\"id\":1,\"id\":2}", "nul", deep, "\u{FEFF}{}", "{}x", "{\"a\":\"\u{1}\"}"]
    {
      let reply = try house.ask("POST", "/v1/jobs", json, body: Array(text.utf8))
      #expect(reply.status == 400, "\(text.prefix(20)): \(reply.text)")
    }
    let utf8 = try house.ask("POST", "/v1/jobs", json, body: Array("{\"id\":\"".utf8) + [0xFF])
    #expect(utf8.status == 400)
    for type in ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonx"] {
      let reply = try house.ask(
        "POST", "/v1/jobs", ["Content-Type": type], body: Array("{}".utf8))
      #expect(reply.status == 415 && reply.code == "media_type", "\(type)")
    }
    let charset = ["Content-Type": "Application/JSON; charset=utf-8"]
    #expect(try house.ask("POST", "/v1/jobs", charset, body: Array("{}".utf8)).status == 400)
  }

  @Test("an input beyond its bound is 413, and so is a body of any size")
  func tooLarge() throws {
    let house = try House()
    let large = job([("input", .string(String(repeating: "x", count: Limits.inputBytes)))])
    #expect(try house.post("/v1/jobs", large).status == 413)
    let json = ["Content-Type": "application/json"]
    for count in [500_000, 5_000_000] {
      let body = [UInt8](repeating: 0x20, count: count)
      #expect(try house.ask("POST", "/v1/jobs", json, body: body).status == 413, "\(count)")
    }
    let huge = try WebConnection(port: house.port)
    huge.send("POST", "/v1/jobs", json, body: [UInt8](repeating: 0x20, count: 32 << 20))
    #expect((try? huge.reply().status) ?? 413 == 413)
    #expect(try house.get("/v1/jobs/j1").status == 200)
  }

  @Test("a method that an address does not have is 405 and names those it has")
  func method() throws {
    let house = try House()
    for (method, target) in [
      ("DELETE", "/v1/jobs"), ("PUT", "/v1/jobs/j1"), ("POST", "/v1/events"),
    ] {
      let reply = try house.ask(method, target)
      #expect(reply.status == 405 && reply.field("allow")?.contains("GET") == true, "\(target)")
    }
  }

  @Test("below the floor nothing is taken, and it says when to come again")
  func floor() throws {
    let house = try House()
    try house.give(.policy("disk_floor", "9223372036854775807"))
    let reply = try house.post("/v1/jobs", job())
    #expect(reply.status == 503 && reply.field("retry-after") != nil && reply.code == "busy")
    #expect(try house.get("/v1/jobs/j1").status == 200)
    let webhook = try house.post("/v1/webhooks/replicate", ["id": "p1", "status": "succeeded"])
    #expect(webhook.status == 503 && webhook.field("retry-after") != nil)
  }

  @Test("a result is acknowledged once, however often a client says so")
  func delivered() throws {
    let house = try House()
    let body: JSON = ["channel": "sse", "through": 3]
    let first = try house.post("/v1/jobs/j1/delivered", body)
    let again = try house.post("/v1/jobs/j1/delivered", body)
    #expect(first.status == 200 && again.json["repeated"] == true)
    #expect(again.json["position"] == first.json["position"])
    let twin = String(repeating: "x", count: 127)
    for end in ["a", "b"] { try house.give(.submit(twin + end, hold: "0")) }
    for end in ["a", "b"] {
      let reply = try house.post("/v1/jobs/\(twin)\(end)/delivered", body)
      #expect(reply.status == 200 && reply.json["repeated"] == false, "\(reply.text)")
    }
  }

  @Test("a client's reports are kept up to their bound")
  func reports() throws {
    let house = try House()
    for _ in 0..<JobActions.reportsMax {
      let kept = try house.post("/v1/jobs/j1/client-reports", ["kind": "network_error"])
      #expect(kept.status == 200)
    }
    let reply = try house.post("/v1/jobs/j1/client-reports", ["kind": "network_error"])
    #expect(reply.status == 429)
    let large: JSON = [
      "kind": "x", "report": ["text": .string(String(repeating: "x", count: 9000))],
    ]
    #expect(try house.post("/v1/jobs/j1/client-reports", large).status == 400)
    let story = try house.get("/v1/jobs/j1/explain").json
    #expect(story["saw"]?.string?.contains("Clients reported network_error 100 times") == true)
  }

  @Test("a pipeline, an adopted job, a refund and an adjustment are taken")
  func others() throws {
    let house = try House()
    let steps: JSON = [
      ["provider": "replicate", "model": "a/b", "input": ["x": 1], "share": "1"],
      [
        "provider": "replicate", "model": "a/b", "input": ["y": "{{steps.0.outputs.0.url}}"],
        "share": "2",
      ],
    ]
    let plan: JSON = ["account": "acme", "hold": "3", "id": "pipe", "steps": steps]
    #expect(try house.post("/v1/jobs", plan).status == 202)
    #expect(try house.get("/v1/jobs/pipe").json["steps"]?.array?.count == 2)
    let tracked: JSON = [
      "provider": "replicate", "external_id": "p7", "account": "acme", "hold": "2", "id": "t1",
    ]
    #expect(try house.post("/v1/jobs/track", tracked).json["state"] == "dispatched")
    try house.give(.observe("t1", .succeeded()))
    let refund = try house.post("/v1/jobs/t1/refund", ["credits": "0.5", "reason": "sorry"])
    #expect(refund.json["refunded"] == "0.5")
    let adjusted = try house.post(
      "/v1/accounts/acme/adjustments", ["credits": "-0.5", "reason": "a mistake"])
    #expect(adjusted.json["amount"] == "-0.5")
    let granted = try house.post(
      "/v1/accounts/acme/grants", ["credits": "5", "expires": "30d", "priority": 2, "key": "g1"])
    #expect(granted.json["expires_at"]?.string != nil)
    #expect(try house.post("/v1/jobs/j1/check", ["reason": "look"]).status == 200)
    #expect(try house.post("/v1/jobs/j1/cancel").json["state"] == "canceled")
  }
}
