// Looking at jobs, events and accounts.

import Ledger
import Support
import Testing
import Wire

@testable import Server

@Suite("Looking") struct JobReadTests {
  @Test("a job has a tag; who knows it gets 304, and who does not the job")
  func tag() throws {
    let house = try House()
    let first = try house.get("/v1/jobs/j1")
    let tag = try #require(first.field("etag"))
    #expect(first.status == 200 && first.json["state"] == "submitted")
    #expect(first.field("retry-after") == "5")
    #expect(tag == "\"\(first.json["position"]!.int!)\"")
    for known in [tag, "W/\(tag)"] {
      let same = try house.get("/v1/jobs/j1", ["If-None-Match": known])
      #expect(same.status == 304 && same.body.isEmpty && same.field("etag") == tag)
    }
    for other in ["\"1\"", "x", "\"\"", "\"", ""] {
      #expect(try house.get("/v1/jobs/j1", ["If-None-Match": other]).status == 200, "\(other)")
    }
    try house.give(.cancel())
    let ended = try house.get("/v1/jobs/j1", ["If-None-Match": tag])
    #expect(ended.status == 200 && ended.field("retry-after") == nil)
  }

  @Test("a client that waits is answered when the job changes, by whomever")
  func wait() throws {
    let house = try House()
    let tag = try #require(try house.get("/v1/jobs/j1").field("etag"))
    let connection = try WebConnection(port: house.port)
    connection.send("GET", "/v1/jobs/j1", ["Prefer": "wait=60", "If-None-Match": tag])
    try house.give(.cancel())
    let reply = try connection.reply()
    #expect(reply.status == 200 && reply.json["state"] == "canceled")
  }

  @Test("a client whose patience ends gets 304 if it knew the job, else the job")
  func patience() throws {
    let house = try House()
    let tag = try #require(try house.get("/v1/jobs/j1").field("etag"))
    let known = try house.get(
      "/v1/jobs/j1", ["Prefer": "respond-async, wait=1", "If-None-Match": tag])
    #expect(known.status == 304)
    #expect(try house.get("/v1/jobs/j1", ["Prefer": "wait=1"]).status == 200)
    for odd in ["wait=-1", "wait=x", "wait", "wait=1.5", "wait=99999999999999"] {
      #expect(try house.get("/v1/jobs/j1", ["Prefer": odd]).status == 200, "\(odd)")
    }
  }

  @Test("HEAD has the head of GET and no body")
  func head() throws {
    let house = try House()
    let get = try house.get("/v1/jobs/j1")
    let head = try house.ask("HEAD", "/v1/jobs/j1")
    #expect(head.status == 200 && head.body.isEmpty)
    #expect(head.field("etag") == get.field("etag"))
    #expect(head.field("content-length") == get.field("content-length"))
    #expect(try house.ask("HEAD", "/v1/jobs/nobody").status == 404)
    #expect(try house.ask("HEAD", "/v1/jobs/j1/events").status == 200)
  }

  @Test("pages of jobs hold each job once, newest first")
  func pages() throws {
    let house = try House()
    for number in 2...30 { try house.give(.submit("j\(number)", hold: "0")) }
    var seen: [String] = []
    var before = ""
    while true {
      let page = try house.get("/v1/jobs?account=acme&limit=7\(before)").json
      seen += page["jobs"]!.array!.compactMap { $0["job"]?.string }
      guard let next = page["next"]?.int else { break }
      before = "&before=\(next)"
    }
    #expect(seen == (1...30).reversed().map { "j\($0)" })
    let head = try house.head
    try house.give(.cancel("j3"))
    let changed = try house.get("/v1/jobs?after=\(head)").json
    #expect(changed["jobs"]?.array?.compactMap { $0["job"]?.string } == ["j3"])
    let canceled = try house.get("/v1/jobs?state=canceled,failed").json
    #expect(canceled["jobs"]?.array?.count == 1)
  }

  @Test("pages of events hold each event once, in order, and a job's are its own")
  func eventPages() throws {
    let house = try House()
    try house.give(.start())
    try house.give(.accept())
    for _ in 0..<40 { try house.give(.observe(.pending())) }
    for path in ["/v1/events", "/v1/jobs/j1/events"] {
      var seen: [Int] = []
      var after = 0
      while true {
        let page = try house.get("\(path)?after=\(after)&limit=9").json
        let events = page["events"]!.array!
        if path.contains("j1") { #expect(events.allSatisfy { $0["job"] == "j1" }) }
        guard !events.isEmpty else { break }
        seen += events.map { $0["position"]!.int! }
        after = page["next_after"]!.int!
      }
      let all = try house.get("\(path)?limit=1000").json["events"]!.array!
      #expect(seen == all.map { $0["position"]!.int! } && Set(seen).count == seen.count)
      #expect(seen == seen.sorted())
    }
    let typed = try house.get("/v1/events?type=credit.held&account=acme").json
    #expect(typed["events"]?.array?.count == 1)
  }

  @Test("a position that the log has not reached is gone")
  func gone() throws {
    let house = try House()
    let beyond = try house.head + 1
    for target in ["/v1/events", "/v1/jobs/j1/events", "/v1/jobs"] {
      let reply = try house.get("\(target)?after=\(beyond)")
      #expect(reply.status == 410 && reply.code == "cursor_gone", "\(target)")
    }
    #expect(try house.stream("/v1/events?after=\(beyond)").head.status == 410)
    #expect(try house.stream("/v1/events", ["Last-Event-ID": "\(beyond)"]).head.status == 410)
  }

  @Test("the past can be asked for by position and by time")
  func past() throws {
    let house = try House()
    let then = try house.head
    house.clock.step(seconds: 100)
    try house.give(.cancel())
    #expect(try house.get("/v1/jobs/j1").json["state"] == "canceled")
    #expect(try house.get("/v1/jobs/j1?as_of=\(then)").json["state"] == "submitted")
    #expect(try house.get("/v1/jobs/j1?as_of=50s").json["state"] == "submitted")
    #expect(try house.get("/v1/jobs/j1?as_of=1").status == 404)
    #expect(try house.get("/v1/accounts/acme?as_of=\(then)").json["held"] == "5")
    #expect(try house.get("/v1/accounts/acme").json["held"] == "0")
    let page = try house.get("/v1/jobs?state=submitted&account=acme&as_of=\(then)").json
    #expect(page["jobs"]?.array?.count == 1)
  }

  @Test("an account's id may hold a slash and an at sign, encoded")
  func encoded() throws {
    let house = try House()
    try house.give(.grant("7", to: "team/a@b"))
    for id in ["team%2Fa%40b", "team%2fa@b"] {
      #expect(try house.get("/v1/accounts/\(id)").json["available"] == "7")
      #expect(try house.get("/v1/accounts/\(id)/statement").json["lines"]?.array?.count == 3)
    }
    #expect(try house.get("/v1/accounts/team/a@b").status == 404)
    let list = try house.get("/v1/accounts").json["accounts"]!.array!
    #expect(list.contains { $0["account"] == "team/a@b" })
  }

  @Test(
    "what is badly encoded, misspelt or given twice is refused",
    arguments: [
      "/v1/jobs/%", "/v1/jobs/%G1", "/v1/jobs/%1", "/v1/jobs/%ff", "/v1/jobs/%C0%AF",
      "/v1/jobs?state=%ZZ", "/v1/jobs?limit=0", "/v1/jobs?limit=1001", "/v1/jobs?limit=x",
      "/v1/jobs?limit=+5", "/v1/jobs?limit=", "/v1/jobs?limt=5", "/v1/jobs?limit=1&limit=2",
      "/v1/jobs?state=done", "/v1/jobs?since=yesterday", "/v1/jobs?as_of=x", "/v1/jobs?meta=x",
      "/v1/jobs?after=-1", "/v1/jobs?after=99999999999999999999", "/v1/events?type=job",
      "/v1/jobs/j1?as_of=", "/v1/jobs?since=9999999999999d", "/v1/jobs?as_of=99999999999999999999",
    ])
  func refused(_ target: String) throws {
    let reply = try House().get(target)
    #expect(reply.status == 400, "\(reply.status) \(reply.text)")
    #expect(reply.field("content-type") == "application/problem+json")
  }

  @Test(
    "what is not there is 404, whatever its name",
    arguments: [
      "/v1/jobs/nobody", "/v1/jobs/%00", "/v1/jobs/j1%2Fevents", "/v1/jobs/..%2F..%2Fetc",
      "/v1/accounts/nobody", "/nothing", "/v1", "/v1/", "/v1/jobs/", "//v1/jobs",
      "/page/..%2Fapi.js",
      "/page/nothing.js", "/v1/jobs/j1/explain/", "/v1/jobs/\(String(repeating: "x", count: 600))",
      "/v1/accounts/nobody/statement", "/v1/accounts/\(String(repeating: "y", count: 600))",
      "/v1/jobs/nobody/timeline", "/v1/jobs/nobody/explain", "/v1/jobs/nobody/events",
    ])
  func missing(_ target: String) throws {
    let reply = try House().get(target)
    #expect(reply.status == 404 && reply.code == "not_found", "\(reply.text)")
  }

  @Test("the board is the same for whoever sees all and for whoever sees each account by name")
  func summed() throws {
    let (all, each) = (
      House.token("all"), House.token("each", accounts: ["acme", House.foreignAccount])
    )
    let house = try House(tokens: [all.kept, each.kept])
    func expectSame(_ step: Int) throws {
      let target = "/v1/jobs?summary=true"
      let summed = try house.get(target, token: all.text).json
      #expect(try house.get(target, token: each.text).json == summed, "after step \(step)")
    }
    let steps: [Action] = [
      .start(), .submit("j2", provider: "fal"), .accept(), .submit("j3", hold: "0"),
      .start("j2"), .accept("j2", external: "p2"), .observe(.succeeded()), .cancel("j3"),
      .observe("j2", .failed()), .submit("j4", provider: "fal"), .cancel(House.foreignJob),
      .start("j4"), .doubt("j4"), .check("j4"),
    ]
    for (step, action) in steps.enumerated() {
      try house.give(action)
      try expectSame(step)
    }
    let board = try house.get("/v1/jobs?summary=true", token: all.text).json
    #expect(board["providers"]?.array?.first?["provider"] == "fal")
    #expect(board["providers"]?.array?.first?["failed"] == 1)
    #expect(board["oldest_hold"]?["job"] == "j4")
    _ = try house.books.replay(.swap)
    #expect(try house.get("/v1/jobs?summary=true", token: all.text).json == board)
  }

  @Test("the board, timeline, story, statement, incidents and audit say what the books hold")
  func screens() throws {
    let house = try House()
    try house.give(.start())
    try house.give(.accept())
    try house.give(.observe(.succeeded()))
    let summary = try house.get("/v1/jobs?summary=true").json
    #expect(summary["jobs"]?["succeeded"] == 1 && summary["jobs"]?["submitted"] == 1)
    #expect(summary["oldest_hold"]?["job"]?.string == House.foreignJob)
    #expect(summary["poller"] == ["active": false])
    #expect(try house.get("/v1/jobs/j1/timeline").json["rows"]?.array?.isEmpty == false)
    let story = try house.get("/v1/jobs/j1/explain").json
    #expect(story["money"]?.string?.contains("5 captured") == true)
    #expect(story["saw"] == "Nobody confirmed that they have the result.")
    #expect(story["diagnoses"] == [])
    #expect(try house.get("/v1/incidents?kind=NEVER_POLLED").json["incidents"] == [])
    #expect(try house.get("/v1/incidents?state=succeeded&provider=nobody").json["incidents"] == [])
    #expect(try house.get("/v1/incidents?kind=NEVER").status == 400)
    #expect(try house.get("/v1/audit").json["result"]?["audit"] == "ok")
    let statement = try house.get("/v1/accounts/acme/statement").json
    #expect(statement["lines"]?.array?.last?["available"] == "995")
    let csv = try house.get("/v1/accounts/acme/statement", ["Accept": "text/csv"])
    #expect(csv.text.split(separator: "\r\n").count == statement["lines"]!.array!.count + 1)
  }
}
