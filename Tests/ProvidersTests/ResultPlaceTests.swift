// Results whose place only the status answer tells, and ids that are paths.

import Ledger
import Providers
import Testing
import Wire

@Suite("Places of results")
struct ResultPlaceTests {
  private func profile(_ url: String) throws -> Profile {
    try Fixture.profile(
      Fixture.small([
        "state": ["pointers": "/state", "words": ["done": "finished", "bad": "failed"]],
        "result": ["url": .string(url)],
      ]))
  }

  private let job = RequestContext.job(handle: ProviderHandle(externalID: "a/b"))

  @Test("the result's URL is made of what the status answer says")
  func fromReply() throws {
    let profile = try profile("/files?id={{reply/file/id}}")
    #expect(profile.resultNeedsReply)
    let answer: JSON = ["id": "a/b", "state": "done", "file": ["id": "f 7/&x"]]
    let reading = profile.reading(.status, 200, answer, job)
    let url = "https://small.example.com/api/files?id=f%207%2F%26x"
    #expect(reading.mustFetchResult)
    #expect(reading.followUp.resultURL == url)
    var context = job
    context.lastReply = answer
    #expect(try profile.request(.result, for: context) { _ in nil }.url.description == url)
    #expect(throws: RequestError.handleIncomplete(missing: "reply/file/id")) {
      try profile.request(.result, for: job) { _ in nil }
    }
  }

  @Test("a result URL that only the status answer named is used, on the profile's hosts alone")
  func named() throws {
    let profile = try Fixture.profile(Fixture.queue)
    var context = RequestContext.job(handle: ProviderHandle(externalID: "r"))
    context.lastReply = ["response_url": "https://x.cdn.example.com/r"]
    #expect(
      try profile.request(.result, for: context, secrets: secrets).url.host == "x.cdn.example.com")
    context.lastReply = ["response_url": "https://evil.example.org/r"]
    #expect(throws: RequestError.hostNotAllowed("evil.example.org")) {
      try profile.request(.result, for: context, secrets: secrets)
    }
  }

  @Test("a result too large to be kept as text is where it came from, never lost")
  func large() throws {
    let text = String(repeating: "wide ", count: 500_000)
    let context = RequestContext.job(
      model: "owner/app/x", handle: ProviderHandle(externalID: "r"))
    let reading = try Fixture.builtIn("fal").reading(
      .result, 200, ["text": .string(text), "short": "x"], context)
    #expect(reading.state == .succeeded)
    #expect(reading.outputs.map(\.url) == ["https://queue.fal.run/owner/app/requests/r"])
    #expect(reading.outputs.first?.needsAuth == true)
  }

  @Test(
    "a result's URL as people write it is still a result",
    arguments: [
      ("https://x.example/my cat.mp4", "https://x.example/my%20cat.mp4"),
      ("https://x.example/Käse.png?a=[1]", "https://x.example/K%C3%A4se.png?a=[1]"),
      ("https://x.example/a.mp4#t=3", "https://x.example/a.mp4"),
      (" https://x.example/a.mp4\n", "https://x.example/a.mp4"),
      ("https://x.example/a\u{7}b", nil), ("https://good\\@evil.example/", nil),
      ("https:// x.example/", nil), ("javascript:alert(1)", nil), ("file:///etc/passwd", nil),
    ] as [(String, String?)])
  func mended(_ given: String, _ url: String?) throws {
    let reading = try Fixture.profile(Fixture.small).reading(
      .status, 200, ["id": "a", "state": "done", "url": .string(given)])
    #expect(reading.outputs.map(\.url) == (url.map { [$0] } ?? []))
  }

  @Test("an id keeps its slashes only where the profile says so, and never climbs")
  func slashes() throws {
    let plain = try Fixture.profile(Fixture.small).request(.status, for: job) { _ in nil }
    #expect(plain.url.path == "/api/jobs/a%2Fb")
    let profile = try Fixture.profile(
      Fixture.small(["status": ["url": "/{{+handle.external_id}}"]]))
    #expect(try profile.request(.status, for: job) { _ in nil }.url.path == "/api/a/b")
    for id in ["../b", "a//b", "/a", "a/.."] {
      let context = RequestContext.job(handle: ProviderHandle(externalID: id))
      #expect(throws: RequestError.badSegment("handle.external_id")) {
        try profile.request(.status, for: context) { _ in nil }
      }
    }
  }
}
