// A job whose submit had no answer, looked for in the provider's list.

import Ledger
import Testing
import Wire

@testable import Providers

@Suite("Reconciliation by a provider's list") struct ReconcileTests {
  private static let start = Timestamp("2026-11-21T09:30:00Z")!

  private static let listed: JSON = Fixture.small([
    "reconcile": [
      "list": ["url": "/jobs", "query": ["limit": "50"]], "items": "/items",
      "next": ["pointers": "/cursor", "query": "after"],
      "match": [
        "input": "/params", "model": ["/model", "/version"], "created": "/created",
        "within_s": 60,
      ],
    ]
  ])

  private func item(
    _ id: String, input: JSON = ["prompt": "a", "seed": 7], model: String = "owner/app",
    at time: JSON = "2026-11-21T09:30:05Z"
  ) -> JSON {
    [
      "id": .string(id), "state": "run", "params": input, "model": .string(model),
      "created": time,
    ]
  }

  private var lost: LostJob {
    LostJob(
      RequestContext(jobID: "j", model: "owner/app", input: ["prompt": "a", "seed": 7]),
      startedAt: ReconcileTests.start)
  }

  private func read(_ items: JSON..., status: Int = 200) throws -> ListReading {
    let body: JSON = ["items": .array(items), "cursor": "c2"]
    return try Fixture.profile(ReconcileTests.listed)
      .readList(Reply(status: status, body: body.bytes), for: lost)
  }

  @Test("the item with the same input, model and time is the candidate, with its handle")
  func match() throws {
    let reading = try read(item("p1"), item("p2", input: ["prompt": "b", "seed": 7]))
    #expect(reading.candidates.map(\.handle.externalID) == ["p1"])
    #expect(reading.items == 2 && reading.next == "c2" && reading.isReadable && !reading.isPast)
    #expect(reading.reply.state == .unknown && reading.candidates[0].word == "run")
  }

  @Test("more in the item's input, another spelling of a number and null members do not part them")
  func alike() throws {
    let input: JSON = ["seed": .number("7.0"), "prompt": "a", "steps": 30, "mask": nil]
    #expect(try read(item("p", input: input)).candidates.count == 1)
  }

  @Test(
    "another input, model or time, or none, is another job",
    arguments: [
      ["prompt": "a"], ["prompt": "a", "seed": 8], ["prompt": "a", "seed": "7"], nil,
    ] as [JSON])
  func otherInput(_ input: JSON) throws {
    #expect(try read(item("p", input: input)).candidates.isEmpty)
  }

  @Test("outside the window, without a time, or of another model it is another job")
  func otherTime() throws {
    #expect(try read(item("p", at: "2026-11-21T09:31:01Z")).candidates.isEmpty)
    #expect(try read(item("p", at: "2026-11-21T09:28:59Z")).candidates.isEmpty)
    #expect(try read(item("p", at: nil)).candidates.isEmpty)
    #expect(try read(item("p", model: "owner/other")).candidates.isEmpty)
    let seconds = ReconcileTests.start.microseconds / 1_000_000
    #expect(try read(item("p", at: .int(Int(seconds) + 5))).candidates.count == 1)
  }

  @Test("a page of older jobs alone ends the look")
  func past() throws {
    #expect(try read(item("p", at: "2026-11-21T08:00:00Z")).isPast)
    #expect(try !read(item("p", at: "2026-11-21T08:00:00Z"), item("q")).isPast)
    #expect(try !read().isPast)
  }

  @Test("an HTTP error, a body that is no list and an item without id show nothing")
  func unreadable() throws {
    #expect(try read(item("p"), status: 503).candidates.isEmpty)
    let profile = try Fixture.profile(ReconcileTests.listed)
    let html = profile.readList(Reply(status: 200, body: Array("<html>".utf8)), for: lost)
    #expect(!html.isReadable && html.reply.replyClass == .transient)
    var nameless = item("p").object!
    nameless["id"] = nil
    #expect(try read(.object(nameless)).candidates.isEmpty)
  }

  @Test("a cursor goes into the query, a page's URL is used as it is, a foreign one is refused")
  func pages() throws {
    let profile = try Fixture.profile(ReconcileTests.listed)
    var context = RequestContext(jobID: "j")
    func url() throws -> String {
      try profile.request(.list, for: context, secrets: secrets).url.description
    }
    #expect(try url() == "https://small.example.com/api/jobs?limit=50")
    context.listPage = "c 2"
    #expect(try url() == "https://small.example.com/api/jobs?after=c%202&limit=50")
    context.listPage = "https://small.example.com/api/jobs?cursor=9"
    #expect(try url() == "https://small.example.com/api/jobs?cursor=9")
    context.listPage = "https://evil.example.org/jobs"
    #expect(throws: RequestError.hostNotAllowed("evil.example.org")) { try url() }
  }

  @Test("replicate's list names a model by its name or by its version")
  func replicate() throws {
    let profile = try Fixture.builtIn("replicate")
    let version = String(repeating: "a1", count: 32)
    for model in ["acme/clip", "acme/clip:\(version)", version] {
      let lost = LostJob(
        RequestContext(jobID: "j", model: model, input: ["prompt": "x"]),
        startedAt: ReconcileTests.start)
      let body: JSON = [
        "next": nil,
        "results": [
          [
            "id": "p1", "status": "processing", "model": "acme/clip", "version": .string(version),
            "input": ["prompt": "x"], "created_at": "2026-11-21T09:30:01.5Z",
          ]
        ],
      ]
      let reading = profile.readList(Reply(status: 200, body: body.bytes), for: lost)
      #expect(reading.candidates.map(\.handle.externalID) == ["p1"], "\(model)")
      #expect(reading.next == nil)
    }
  }

  @Test("a section that would find other people's jobs is refused")
  func lint() {
    let profile = Fixture.small([
      "reconcile": ["list": ["url": "/jobs"], "items": "/items", "match": ["model": "/model"]]
    ])
    #expect(Profile.lint(profile).map(\.pointer) == ["/reconcile/match"])
    #expect(Profile.lint(ReconcileTests.listed).isEmpty)
  }
}
