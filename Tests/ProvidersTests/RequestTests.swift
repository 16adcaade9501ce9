// A profile and a job → the exact HTTP request.

import Providers
import Testing
import Wire

@Suite("Requests")
struct RequestTests {
  static let version = String(repeating: "0a", count: 32)

  @Test(
    "the model chooses the form of the submit",
    arguments: [
      (version, "/v1/predictions", version),
      ("owner/name:\(version)", "/v1/predictions", version),
      ("owner/name:v2", "/v1/predictions", "v2"),
      ("owner/name", "/v1/models/owner/name/predictions", nil),
      ("deployments/me/mine", "/v1/deployments/me/mine/predictions", nil),
    ])
  func variants(_ model: String, _ path: String, _ version: String?) throws {
    let request = try Fixture.builtIn("replicate").request(
      .submit, for: .job(model: model), secrets: secrets)
    let body = try JSON(parsing: try #require(request.body))
    #expect(request.method == "POST")
    #expect(request.url.description == "https://api.replicate.com\(path)")
    #expect(body["version"]?.string == version)
    #expect(body["input"] == ["prompt": "a"])
    #expect(request.header("authorization") == "Bearer r8_secret")
    #expect(request.header("content-type") == "application/json")
    #expect(request.idempotencyKey == nil, "no key is honoured: never repeated by itself")
  }

  @Test("a model no variant is for is refused, and so is a missing one")
  func unsupported() throws {
    let profile = try Fixture.builtIn("replicate")
    #expect(throws: RequestError.unsupportedModel("plain")) {
      try profile.request(.submit, for: .job(model: "plain"), secrets: secrets)
    }
    #expect(throws: RequestError.handleIncomplete(missing: "job.model")) {
      try profile.request(.submit, for: .job(model: nil), secrets: secrets)
    }
  }

  @Test("a status without returned URL needs model and id, and takes the first segments")
  func statusTemplate() throws {
    let profile = try Fixture.profile(Fixture.queue)
    let handle = ProviderHandle(externalID: "r 1/2")
    let request = try profile.request(.status, for: .job(handle: handle), secrets: secrets)
    #expect(
      request.url.description
        == "https://queue.example.com/owner/app/requests/r%201%2F2/status?logs=1&token=t%2Fk")
    #expect(request.method == "GET")
    #expect(request.body == nil)
    let flow = try profile.request(
      .status, for: .job(model: "flows/o/n/x", handle: handle), secrets: secrets)
    #expect(flow.url.path == "/flows/o/n/requests/r%201%2F2/status")
    #expect(throws: RequestError.handleIncomplete(missing: "job.model")) {
      try profile.request(.status, for: .job(model: nil, handle: handle), secrets: secrets)
    }
    #expect(throws: RequestError.handleIncomplete(missing: "handle.external_id")) {
      try profile.request(.status, for: .job(), secrets: secrets)
    }
  }

  @Test("a returned follow-up URL wins over the template")
  func followUp() throws {
    let handle = ProviderHandle(
      externalID: "r1", statusURL: "https://a.cdn.example.com/s/r1?x=1",
      cancelURL: "https://queue.example.com/c/r1")
    let profile = try Fixture.profile(Fixture.queue)
    let status = try profile.request(
      .status, for: .job(model: nil, handle: handle), secrets: secrets)
    #expect(status.url.description == "https://a.cdn.example.com/s/r1?x=1&logs=1&token=t%2Fk")
    let cancel = try profile.request(.cancel, for: .job(handle: handle), secrets: secrets)
    #expect(cancel.method == "PUT")
    #expect(cancel.url.path == "/c/r1")
  }

  @Test(
    "credentials never go to a host outside the profile",
    arguments: [
      "https://evil.com/s", "http://a.cdn.example.com/s", "https://cdn.example.com.evil.com/s",
      "https://evilcdn.example.com.:443/", "https://a.cdn.example.com:8443/s", "http://127.0.0.1/s",
      "http://queue.example.com/s", "https://queue.example.com:444/",
    ])
  func foreignHosts(_ url: String) throws {
    let context = RequestContext.job(handle: ProviderHandle(externalID: "r", statusURL: url))
    #expect {
      try Fixture.profile(Fixture.queue).request(.status, for: context, secrets: secrets)
    } throws: { error in
      if case .hostNotAllowed = error as? RequestError { true } else { false }
    }
  }

  @Test(
    "a URL that two parsers could read differently is refused",
    arguments: [
      "https://queue.example.com@evil.com/", "https://queue.example.com\\@evil.com/",
      "https://queue.example.com#@evil.com/", "https:/queue.example.com/", "//queue.example.com/",
      "https://queue.example.com:99999/", "https://queue.example.com:/", "https:///s", "ftp://h/",
      "https://queue.example.com/a b", "https://queue.example.com/\r\nX: y", "https://é.com/", "",
      "https://[::1/", "https://a%2ecom/", "javascript:alert(1)",
    ])
  func oddURLs(_ url: String) throws {
    #expect(WebAddress(url) == nil)
    let context = RequestContext.job(handle: ProviderHandle(externalID: "r", statusURL: url))
    #expect(throws: RequestError.badURL("the provider's follow-up URL")) {
      try Fixture.profile(Fixture.queue).request(.status, for: context, secrets: secrets)
    }
  }

  @Test(
    "an override of the base moves templates and follow-up URLs alike",
    arguments: [
      ("http://127.0.0.1:9", nil, "http://127.0.0.1:9/v1/predictions/p1"),
      ("http://127.0.0.1:9/", nil, "http://127.0.0.1:9/v1/predictions/p1"),
      ("http://127.0.0.1:9/sim", nil, "http://127.0.0.1:9/sim/predictions/p1"),
      (
        "http://127.0.0.1:9", "https://api.replicate.com/v1/predictions/p1",
        "http://127.0.0.1:9/v1/predictions/p1"
      ),
      (
        "http://127.0.0.1:9/sim", "https://api.replicate.com/v1/predictions/p1?a=b",
        "http://127.0.0.1:9/sim/predictions/p1?a=b"
      ),
      (
        "http://127.0.0.1:9/sim", "https://api.replicate.com/v10/x", "http://127.0.0.1:9/v10/x"
      ),
      ("http://127.0.0.1:9", "http://127.0.0.1:9/own", "http://127.0.0.1:9/own"),
    ])
  func override(_ base: String, _ status: String?, _ expected: String) throws {
    let profile = try Fixture.builtIn("replicate").resolve(baseOverride: base)
    let handle = ProviderHandle(externalID: "p1", statusURL: status)
    let request = try profile.request(.status, for: .job(handle: handle), secrets: secrets)
    #expect(request.url.description == expected)
  }

  @Test("the provider's other base URLs move with the override too")
  func otherBases() throws {
    let profile = try Fixture.profile(Fixture.queue).resolve(baseOverride: "http://[::1]:8/x")
    let handle = ProviderHandle(externalID: "r", cancelURL: "https://old.example.com/v0/c")
    let request = try profile.request(.cancel, for: .job(handle: handle), secrets: secrets)
    #expect(request.url.origin + request.url.path == "http://[::1]:8/x/c")
    #expect(throws: RequestError.badURL("the base URL's override")) {
      try profile.resolve(baseOverride: "localhost:80")
    }
  }

  @Test("a request carries the idempotency key where the provider honours one")
  func idempotency() throws {
    let profile = try Fixture.profile(Fixture.queue)
    let first = try profile.request(.submit, for: .job(model: "short"), secrets: secrets)
    let again = try profile.request(.submit, for: .job(model: "short"), secrets: secrets)
    #expect(first.url.path == "/owner/app/long/path", "the alias of the model is resolved")
    #expect(first.idempotencyKey == "job-1.1")
    #expect(first.header("Idempotency-Key") == "job-1.1")
    #expect(first.header("X-Trace") == "job-1")
    #expect(first.body == again.body)
    let inBody = try Fixture.profile(Fixture.small(["idempotency": ["body": "task"]]))
    let request = try inBody.request(.submit, for: .job(), secrets: secrets)
    #expect(try JSON(parsing: try #require(request.body)) == ["prompt": "a", "task": "job-1.1"])
    #expect(throws: RequestError.inputNotObject) {
      try inBody.request(.submit, for: .job(input: [1]), secrets: secrets)
    }
  }

  @Test("our own id is the handle before the submit, and the input spreads around it")
  func ownHandle() throws {
    let profile = try Fixture.builtIn("master-mode")
    let context = RequestContext.job("gen-9", model: nil, input: ["client_generation_id": "x"])
    #expect(profile.name == "self-hosted")
    #expect(profile.handleBeforeSubmit(context) == ProviderHandle(externalID: "gen-9"))
    let submit = try profile.request(.submit, for: context) { _ in nil }
    #expect(submit.url.description == "http://127.0.0.1:8000/api/master-mode/generate-story")
    #expect(try JSON(parsing: try #require(submit.body)) == ["client_generation_id": "gen-9"])
    #expect(submit.timeoutSeconds >= 600, "the submit blocks for minutes")
    #expect(submit.header("Authorization") == nil, "an optional secret that is not set")
    let status = try profile.request(.status, for: context) { _ in "tok" }
    #expect(status.url.path == "/api/generations/gen-9")
    #expect(status.header("Authorization") == "Bearer tok")
  }

  @Test("a later step of the same job has an id of its own at the same provider")
  func stepID() throws {
    let profile = try Fixture.builtIn("self-hosted")
    var context = RequestContext.job("gen-9", model: nil, input: [:])
    context.step = 3
    #expect(profile.handleBeforeSubmit(context) == ProviderHandle(externalID: "gen-9.3"))
    let submit = try profile.request(.submit, for: context) { _ in nil }
    #expect(try JSON(parsing: try #require(submit.body)) == ["client_generation_id": "gen-9.3"])
    let status = try profile.request(.status, for: context) { _ in nil }
    #expect(status.url.path == "/api/generations/gen-9.3")
  }

  @Test(
    "an id or a model cannot leave its place in a path",
    arguments: ["..", ".", "a/../b", "a//b", "/a"])
  func climbing(_ model: String) throws {
    let profile = try Fixture.profile(Fixture.queue)
    #expect(throws: RequestError.badSegment("job.model")) {
      try profile.request(.submit, for: .job(model: model), secrets: secrets)
    }
    let small = try Fixture.profile(Fixture.small)
    let query = ProviderHandle(externalID: "a?b=c#d&é")
    let request = try small.request(.status, for: .job(handle: query), secrets: secrets)
    #expect(request.url.path == "/api/jobs/a%3Fb%3Dc%23d%26%C3%A9")
    #expect(throws: RequestError.badSegment("handle.external_id")) {
      try small.request(
        .status, for: .job(handle: ProviderHandle(externalID: "..")), secrets: secrets)
    }
  }

  @Test("a secret that is missing or would break a header stops the request, unnamed in no text")
  func secretsChecked() throws {
    let profile = try Fixture.profile(Fixture.queue)
    #expect(profile.secretNames == ["QUEUE_ID", "QUEUE_SECRET", "QUEUE_TOKEN"])
    #expect(throws: RequestError.missingSecret("QUEUE_ID")) {
      try profile.request(.submit, for: .job()) { _ in nil }
    }
    #expect(throws: RequestError.badSecret("QUEUE_ID")) {
      try profile.request(.submit, for: .job()) { _ in "a\r\nX-Evil: 1" }
    }
  }

  @Test("no description of a request or a profile shows a secret")
  func descriptions() throws {
    let request = try Fixture.profile(Fixture.queue).request(
      .submit, for: .job(), secrets: secrets)
    #expect(request.header("Authorization") == "Key id-7:s3cret")
    for text in ["\(request)", String(reflecting: request)] {
      #expect(!text.contains("s3cret") && !text.contains("t%2Fk") && !text.contains("t/k"))
      #expect(text.contains("Authorization"))
    }
  }

  @Test("a phase the profile does not have is refused")
  func noPhase() throws {
    let small = try Fixture.profile(Fixture.small)
    #expect(throws: RequestError.noSuchPhase(.cancel)) {
      try small.request(.cancel, for: .job(), secrets: secrets)
    }
  }

  @Test("an input holding an integer beyond Int64 is sent as it was written")
  func bigNumbers() throws {
    let input = try JSON(parsing: "{\"seed\":17454220438242315174,\"cfg\":7.50}")
    let request = try Fixture.profile(Fixture.small).request(
      .submit, for: .job(input: input), secrets: secrets)
    let body = try #require(request.body)
    #expect(String(decoding: body, as: UTF8.self) == input.text)
  }
}
