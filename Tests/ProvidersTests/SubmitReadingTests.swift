// What a submit's answer proves: PRODUCT's rule 3, answer by answer.

import Ledger
import Providers
import Testing
import Wire

@Suite("Reading a submit")
struct SubmitReadingTests {
  @Test("an answer that names the job is acceptance, with everything to follow it by")
  func accepted() throws {
    let reading = try Fixture.builtIn("replicate").reading(
      .submit, 201,
      [
        "id": "p1", "status": "starting",
        "urls": [
          "get": "https://api.replicate.com/v1/predictions/p1",
          "cancel": "https://api.replicate.com/v1/predictions/p1/cancel",
          "stream": "https://stream.replicate.com/v1/x",
        ],
      ])
    #expect(reading.proof == .accepted)
    #expect(reading.state == .pending)
    #expect(
      reading.handle
        == ProviderHandle(
          externalID: "p1", statusURL: "https://api.replicate.com/v1/predictions/p1",
          cancelURL: "https://api.replicate.com/v1/predictions/p1/cancel",
          streamURL: "https://stream.replicate.com/v1/x"))
  }

  @Test(
    "without a word of the profile the HTTP status decides",
    arguments: [
      (400, SubmitProof.notAccepted(.final)), (401, .accountProblem), (402, .accountProblem),
      (403, .notAccepted(.final)), (404, .notAccepted(.final)), (422, .notAccepted(.final)),
      (429, .notAccepted(.retry)), (405, .uncertain), (408, .uncertain), (409, .uncertain),
      (413, .uncertain), (500, .uncertain), (502, .uncertain), (503, .uncertain), (504, .uncertain),
      (524, .uncertain), (302, .uncertain),
    ])
  func statuses(_ status: Int, _ expected: SubmitProof) throws {
    let reading = try Fixture.builtIn("replicate").reading(.submit, status, ["detail": "no"])
    #expect(reading.proof == expected)
    #expect(reading.state == (expected == .notAccepted(.final) ? .failed : .unknown))
    #expect(reading.failureClass == (expected == .notAccepted(.final) ? .refused : nil))
    #expect(reading.error == "no")
  }

  @Test(
    "a 2xx answer that names no job is uncertain, and its words are not believed",
    arguments: [
      "", "<html>ok</html>", "{}", "{\"id\":null}", "{\"id\":\"\"}", "{\"status\":\"failed\"}",
      "[]",
      "{\"id\":{\"a\":1},\"status\":\"succeeded\",\"output\":\"https://a.b/c\"}", "{\"id\":\"p\"",
    ])
  func unreadable(_ body: String) throws {
    let reading = try Fixture.builtIn("replicate").reading(.submit, 201, raw: body)
    #expect(reading.proof == .uncertain)
    #expect(reading.state == .unknown)
  }

  @Test("what the profile lists stands above the HTTP status")
  func listed() throws {
    let profile = try Fixture.profile(Fixture.queue)
    let busy = profile.reading(
      .submit, 400, ["detail": "Maximum number of concurrent requests (4) has been reached"])
    #expect(busy.proof == .notAccepted(.retry))
    #expect(busy.replyClass == .transient)
    #expect(busy.state == .unknown)
    #expect(profile.reading(.submit, 400, ["detail": "bad"]).proof == .notAccepted(.final))
    #expect(profile.reading(.submit, 403, [:]).proof == .accountProblem)
    #expect(profile.reading(.submit, 503, [:]).proof == .uncertain)
    let proved = profile.reading(.submit, 503, [:], headers: ["X-Accepted": "no"])
    #expect(proved.proof == .notAccepted(.final))
    #expect(proved.failureClass == .refused)
    let credit = profile.reading(.submit, 200, ["code": 1102])
    #expect(credit.proof == .accountProblem)
    #expect(profile.reading(.submit, 200, ["code": 9]).proof == .uncertain)
    #expect(
      profile.reading(.submit, 201, ["request_id": "r", "status": "IN_QUEUE"]).proof
        == .uncertain, "201 is not among this profile's answers of acceptance")
  }

  @Test("a class of the profile can make a refusal retryable, but never a 5xx safe to repeat")
  func classified() throws {
    let profile = try Fixture.profile(Fixture.queue)
    let retryable = ["X-Retryable": "true"]
    #expect(
      profile.reading(.submit, 422, [:], headers: retryable).proof == .notAccepted(.retry))
    #expect(profile.reading(.submit, 500, [:], headers: retryable).proof == .uncertain)
    let moderated = profile.reading(.submit, 422, ["detail": [["type": "policy", "msg": "no"]]])
    #expect(moderated.proof == .notAccepted(.final))
    #expect(moderated.failureClass == .moderated)
    #expect(moderated.error == "no")
  }

  @Test("no reply at all: not sent is retried, sent is uncertain")
  func noReply() throws {
    let profile = try Fixture.builtIn("replicate")
    let sent = profile.readNoReply(.submit, wasSent: true, for: .job())
    #expect(sent.proof == .uncertain)
    #expect(sent.state == .unknown)
    #expect(
      profile.readNoReply(.submit, wasSent: false, for: .job()).proof
        == .notAccepted(.retry))
    let poll = profile.readNoReply(.status, wasSent: true, for: .job())
    #expect(poll.state == .unknown && poll.isTransient && poll.proof == nil)
  }

  @Test("where our own id is the handle, a lost or broken answer is polled, not uncertain")
  func ownHandle() throws {
    let profile = try Fixture.builtIn("self-hosted")
    let readings = [
      profile.readNoReply(.submit, wasSent: true, for: .job()),
      profile.reading(.submit, 524, raw: "<html>a timeout occurred</html>"),
      profile.reading(.submit, 200, raw: "<html>"), profile.reading(.submit, 202, [:]),
    ]
    for reading in readings {
      #expect(reading.proof == .accepted)
      #expect(reading.externalID == "job-1")
      #expect(reading.state == .pending)
    }
    #expect(profile.reading(.submit, 422, [:]).proof == .notAccepted(.final))
    let done = profile.reading(
      .submit, 200, ["status": "completed", "video_url": "/media/a.mp4"])
    #expect(done.state == .succeeded)
    #expect(
      done.outputs
        == [ProviderOutput(url: "http://127.0.0.1:8000/media/a.mp4", mediaType: "video/mp4")])
  }

  @Test("a follow-up URL on a foreign host is dropped with a warning, the job is still found")
  func foreignFollowUp() throws {
    let reading = try Fixture.profile(Fixture.queue).reading(
      .submit, 200,
      ["status": "IN_QUEUE", "request_id": "r", "status_url": "https://evil.example.org/s"])
    #expect(reading.proof == .accepted)
    #expect(reading.followUp.statusURL == nil)
    #expect(reading.warnings.contains { $0.contains("status_url") })
    let only = try Fixture.profile(Fixture.queue).reading(
      .submit, 200, ["status": "IN_QUEUE", "status_url": "https://evil.example.org/s"])
    #expect(only.proof == .uncertain)
  }

  @Test("an answer that is an array is read by the fallback pointer")
  func array() throws {
    let reading = try Fixture.profile(Fixture.queue).reading(.submit, 200, [["request_id": "r"]])
    #expect(reading.externalID == "r")
    #expect(reading.proof == .accepted)
  }
}
