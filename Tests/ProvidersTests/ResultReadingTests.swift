// Results fetched apart, cancels, and the facts beside the state: outputs, progress, errors, waits,
// charges.

import Ledger
import Providers
import Testing
import Wire

@Suite("Reading results, cancels and facts")
struct ResultReadingTests {
  let queue: Profile
  init() throws { queue = try Fixture.profile(Fixture.queue) }

  @Test("a result with outputs is success, one without is no_output, one unreadable is nothing")
  func results() {
    let good = queue.reading(
      .result, 200, ["images": [["url": "https://v.cdn/a", "content_type": "image/png"]]])
    #expect(good.state == .succeeded)
    #expect(good.outputs == [ProviderOutput(url: "https://v.cdn/a", mediaType: "image/png")])
    let empty = queue.reading(.result, 200, ["images": []])
    #expect(empty.failureClass == .noOutput)
    #expect(queue.reading(.result, 200, raw: "<html>").state == .unknown)
    #expect(queue.reading(.result, 200, ["status": "IN_PROGRESS"]).state == .pending)
    #expect(queue.reading(.result, 200, ["status": "odd", "images": []]).state == .unknown)
    #expect(queue.reading(.result, 200, ["id": "5", "images": []]).externalID == nil)
  }

  @Test("only a result error that the profile calls final is a failure, after the transient check")
  func finalErrors() {
    #expect(queue.reading(.result, 422, ["detail": "bad"]).failureClass == .providerFailed)
    #expect(queue.reading(.result, 504, [:]).failureClass == .providerFailed)
    let policy: JSON = ["detail": [["loc": ["body", "prompt"], "msg": "no", "type": "x_policy"]]]
    let moderated = queue.reading(.result, 422, policy)
    #expect(moderated.failureClass == .moderated)
    #expect(moderated.error == "body.prompt: no")
    let retryable = queue.reading(.result, 500, [:], headers: ["x-retryable": "true"])
    #expect(retryable.state == .unknown && retryable.isTransient)
    for status in [401, 403, 404, 410, 429, 501 + 4] {
      #expect(queue.reading(.result, status, [:]).state == .unknown)
    }
  }

  @Test("accepted is not canceled: only the provider's word is")
  func cancels() throws {
    let asked = queue.reading(.cancel, 202, ["status": "CANCELLATION_REQUESTED"])
    #expect(asked.state == .pending)
    #expect(asked.cancelAnswer == .accepted)
    let late = queue.reading(.cancel, 400, ["status": "ALREADY_COMPLETED"])
    #expect(late.state == .unknown)
    #expect(late.cancelAnswer == .tooLate)
    #expect(queue.reading(.cancel, 404, ["status": "NOT_FOUND"]).state == .unknown)
    let replicate = try Fixture.builtIn("replicate")
    #expect(replicate.reading(.cancel, 200, ["id": "p", "status": "canceled"]).state == .canceled)
    #expect(replicate.reading(.cancel, 200, ["id": "p"]).state == .pending)
    #expect(replicate.reading(.cancel, 200, ["id": "p", "status": "succeeded"]).state == .pending)
  }

  @Test("outputs of all rules are gathered once each, with type, life and auth")
  func outputs() {
    let reading = queue.reading(
      .result, 200,
      [
        "response": [
          "images": [
            ["url": "https://c.d/a.webp?sig=1", "expires_at": "2026-01-01T00:00:00Z"],
            ["url": "https://c.d/a.webp?sig=1"], ["url": "ftp://c.d/b"], "https://c.d/c.JPG",
          ]
        ],
        "video": ["url": "https://c.d/v"],
      ])
    #expect(
      reading.outputs == [
        ProviderOutput(
          url: "https://c.d/a.webp?sig=1", mediaType: "image/webp",
          expiresAt: "2026-01-01T00:00:00Z"),
        ProviderOutput(url: "https://c.d/c.JPG", mediaType: "image/jpeg"),
        ProviderOutput(url: "https://c.d/v", mediaType: "video/mp4", needsAuth: true),
      ])
  }

  @Test(
    "strings, arrays, objects, data URIs and plain text are all results",
    arguments: [
      ("https://a.b/c.mp4", ["https://a.b/c.mp4"], "video/mp4"),
      (["https://a.b/c", "https://a.b/d"], ["https://a.b/c", "https://a.b/d"], nil),
      (["video": "https://a.b/c.webm", "n": 1], ["https://a.b/c.webm"], "video/webm"),
      ("data:image/png;base64,AAAA", ["data:image/png;base64,AAAA"], "image/png"),
      ("hello Alice", ["data:text/plain;charset=utf-8,hello%20Alice"], "text/plain"),
      (
        ["Here", " is"], ["data:application/json,%5B%22Here%22%2C%22%20is%22%5D"],
        "application/json"
      ),
    ] as [(JSON, [String], String?)])
  func shapes(_ output: JSON, _ urls: [String], _ type: String?) throws {
    let reading = try Fixture.builtIn("replicate").reading(
      .status, 200, ["status": "succeeded", "output": output])
    #expect(reading.outputs.map(\.url) == urls)
    #expect(reading.outputs.first?.mediaType == type)
  }

  @Test(
    "progress is exact and never beyond its bounds",
    arguments: [
      (38, 380_000), (100, 1_000_000), (250, 1_000_000), ("45.5%", 455_000), (0, 0),
    ] as [(JSON, Int)])
  func progress(_ value: JSON, _ expected: Int) {
    #expect(
      queue.reading(.status, 200, ["status": "IN_PROGRESS", "percent": value]).progress == expected)
  }

  @Test("progress never goes back, and nonsense is no progress")
  func progressBounds() {
    var context = RequestContext.job()
    context.progressBefore = 500_000
    let body: JSON = ["status": "IN_PROGRESS", "percent": 12, "phase": "drawing"]
    #expect(queue.reading(.status, 200, body, context).progress == 500_000)
    #expect(queue.reading(.status, 200, body).stage == "drawing")
    for value: JSON in [-5, "x", [], .number("1e999"), nil] {
      let reading = queue.reading(.status, 200, ["status": "IN_PROGRESS", "percent": value])
      #expect(reading.progress == nil)
    }
  }

  @Test(
    "the provider's wish when to ask again is read in all its forms",
    arguments: [
      (["Retry-After": "7"], [:], 7), (["retry-after": "0.4"], [:], 1),
      (
        [
          "Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT", "Date": "Fri, 31 Dec 1999 23:59:29 GMT",
        ], [:], 30
      ),
      (["Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT"], [:], nil),
      (["x-poll-after-ms": "2500"], [:], 3), ([:], ["retry_after": 5], 5),
      ([:], ["detail": "Your rate limit resets in ~9s."], 9), (["Retry-After": "1e9"], [:], 86_400),
      (["Retry-After": "-3"], [:], nil), (["Retry-After": "soon"], ["retry_after": 4], 4),
      ([:], [:], nil),
    ] as [([String: String], JSON, Int?)])
  func retryAfter(_ headers: [String: String], _ body: JSON, _ expected: Int?) {
    #expect(queue.reading(.status, 429, body, headers: headers).retryAfterSeconds == expected)
  }

  @Test(
    "error texts are found in every shape",
    arguments: [
      (["error": "plain"], "plain"), (["error": ["message": "inner"]], "inner"),
      (
        ["detail": [["loc": ["body", 0], "msg": "required"], ["msg": "b"]]], "body.0: required; b"
      ),
      (["error": nil, "detail": "next"], "next"), (["error": ["x": 1]], "{\"x\":1}"),
      (["error": 17], "17"), ([:], "HTTP 500"), (["error": false], "HTTP 500"),
    ] as [(JSON, String)])
  func errors(_ body: JSON, _ expected: String) {
    #expect(queue.reading(.status, 500, body).error == expected)
  }

  @Test("a hostile error text is cut")
  func longError() {
    let reading = queue.reading(
      .status, 500, ["error": .string(String(repeating: "x", count: 100_000))])
    #expect(reading.error?.count == 4096)
  }

  @Test("what the provider says it charged is exact, and only a verdict has it")
  func charges() {
    let body: JSON = ["images": [["url": "https://a.b/c"]], "metrics": ["cost": .number("0.3")]]
    #expect(queue.reading(.result, 200, body).chargeReported == 150_000)
    let running: JSON = ["status": "IN_PROGRESS", "metrics": ["cost": 3]]
    #expect(queue.reading(.status, 200, running).chargeReported == nil)
    #expect(queue.billing.chargeCustomer == [.moderated])
    #expect(queue.billing.chargeCompletedSteps)
    #expect(queue.billing.providerCharges[.providerFailed] == .notCharged)
  }

  @Test("the reading prints as the contract says")
  func contract() throws {
    let pending = try Fixture.builtIn("replicate").reading(
      .status, 200,
      [
        "id": "p", "status": "processing", "logs": " 38%|##| 19/50",
        "urls": ["get": "https://api.replicate.com/v1/predictions/p"],
      ])
    #expect(
      pending.json(phase: .status).text
        == #"{"phase":"status","external_id":"p","state":"pending","word":"processing","#
        + #""class":"ok","progress":0.38,"queue_position":null,"outputs":[],"error":null,"#
        + #""retry_after_s":null,"#
        + #""transient":false,"follow_up":{"status":"https://api.replicate.com/v1/predictions/p","#
        + #""result":null,"cancel":null,"stream":null}}"#)
    #expect(ReplyReading.fraction(millionths: 1_000_000) == "1")
    #expect(ReplyReading.fraction(millionths: 5) == "0.000005")
    #expect(ReplyReading.fraction(millionths: 0) == "0")
  }

  @Test("a captured reply is read from its file")
  func tryReply() throws {
    let json = try TryReply.read(
      Array(#"{"status":200,"headers":{"A":["x","y"],"B":"z"},"body":{"n":1}}"#.utf8))
    #expect(json.status == 200)
    #expect(json.headers == [.init("A", "x"), .init("A", "y"), .init("B", "z")])
    #expect(String(decoding: json.body, as: UTF8.self) == #"{"n":1}"#)
    let raw = try TryReply.read(Array(#"{"status":502,"body":"<html>"}"#.utf8))
    #expect(String(decoding: raw.body, as: UTF8.self) == "<html>")
    for (text, pointer) in [
      ("{}", "/status"), (#"{"status":"200"}"#, "/status"), ("[]", ""), ("{", ""),
      (#"{"status":200,"headers":[]}"#, "/headers"),
      (#"{"status":200,"headers":{"a":1}}"#, "/headers/a"),
    ] {
      let error = try #require(throws: TryReplyError.self) { try TryReply.read(Array(text.utf8)) }
      #expect(error.pointer == pointer)
    }
  }
}
