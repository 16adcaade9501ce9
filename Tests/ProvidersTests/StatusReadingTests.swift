// What a status reply means, and above all what it never means.

import Ledger
import Providers
import Testing
import Wire

@Suite("Reading a status")
struct StatusReadingTests {
  @Test(
    "a word of the profile is the state, in any case",
    arguments: [
      ("starting", Reading.pending, nil), ("Processing", .pending, nil),
      ("failed", .failed, FailureClass.providerFailed), ("canceled", .canceled, .canceled),
      ("ABORTED", .failed, .aborted), (" failed ", .failed, .providerFailed),
    ])
  func words(_ word: String, _ state: Reading, _ failure: FailureClass?) throws {
    let reading = try Fixture.builtIn("replicate").reading(
      .status, 200, ["id": "p", "status": .string(word)])
    #expect(reading.state == state)
    #expect(reading.failureClass == failure)
    #expect(reading.word == word)
    #expect(reading.replyClass == .ok)
    #expect(!reading.isTransient)
  }

  @Test("an unknown word is never a verdict", arguments: ["exploded", "success", "", "succeeded!"])
  func unknownWord(_ word: String) throws {
    let reading = try Fixture.builtIn("replicate").reading(
      .status, 200, ["id": "p", "status": .string(word), "output": "https://x.com/a.png"])
    #expect(reading.state == .unknown)
    #expect(reading.replyClass == .unknownWord)
    #expect(!reading.isVerdict)
    #expect(!reading.warnings.isEmpty)
  }

  @Test(
    "no HTTP error of a status is a verdict, whatever its body says",
    arguments: [
      (404, ReplyClass.permanent), (410, .permanent), (401, .permanent), (403, .permanent),
      (400, .permanent), (402, .insufficientCredit), (429, .rateLimited), (408, .transient),
      (500, .transient), (503, .transient), (524, .transient), (301, .permanent), (304, .permanent),
    ])
  func httpErrors(_ status: Int, _ expected: ReplyClass) throws {
    for name in ["replicate", "self-hosted"] {
      let body: JSON = ["id": "p", "status": "failed", "data_removed": true, "error": "gone"]
      let reading = try Fixture.builtIn(name).reading(.status, status, body)
      #expect(reading.state == .unknown)
      #expect(reading.failureClass == nil)
      #expect(reading.replyClass == expected)
      #expect(reading.isTransient == (expected == .transient || expected == .rateLimited))
    }
  }

  @Test(
    "a body that is no JSON, or not of the shape, is never a verdict",
    arguments: [
      "", "<html>502 Bad Gateway</html>", "{", "[]", "null", "42", "\"failed\"", "{\"status\":{}}",
      "{\"status\":null}", "{\"status\":[\"failed\"]}", "{\"status\":\"failed\",\"status\":\"x\"}",
      "{\"status\":\"failed\"} trailing", "{\"status\":7}", "{\"status\":true}", "[[\"failed\"]]",
      String(repeating: "[", count: 5000),
    ])
  func shapes(_ body: String) throws {
    for name in ["replicate", "self-hosted"] {
      #expect(try Fixture.builtIn(name).reading(.status, 200, raw: body).state == .unknown)
    }
  }

  @Test("success is a success word with outputs; without outputs it failed, no_output")
  func outputsDecide() throws {
    let profile = try Fixture.builtIn("replicate")
    let good = profile.reading(
      .status, 200, ["status": "succeeded", "output": ["https://a.delivery/x/out.mp4"]])
    #expect(good.state == .succeeded)
    #expect(
      good.outputs
        == [ProviderOutput(url: "https://a.delivery/x/out.mp4", mediaType: "video/mp4")])
    for output: JSON in [nil, [], "", [:], false, ["", nil]] {
      let bad = profile.reading(.status, 200, ["status": "succeeded", "output": output])
      #expect(bad.state == .failed)
      #expect(bad.failureClass == .noOutput)
      #expect(bad.replyClass == .ok)
    }
  }

  @Test("an output shown while the job is processing is not success")
  func earlyOutput() throws {
    let body: JSON = ["id": "p", "status": "processing", "output": ["https://a.b/x.png"]]
    for phase in [RequestPhase.submit, .status] {
      let reading = try Fixture.builtIn("replicate").reading(phase, 201, body)
      #expect(reading.state == .pending)
      #expect(reading.outputs.isEmpty)
    }
  }

  @Test("class gone needs a 2xx reply that says the data is removed")
  func gone() throws {
    let profile = try Fixture.builtIn("replicate")
    let removed = profile.reading(
      .status, 200, ["status": "succeeded", "output": nil, "data_removed": true])
    #expect(removed.state == .failed)
    #expect(removed.failureClass == .gone)
    #expect(removed.replyClass == .gone)
    let running = profile.reading(.status, 200, ["status": "processing", "data_removed": true])
    #expect(running.state == .pending)
    let there = profile.reading(
      .status, 200, ["status": "succeeded", "output": "https://a.b/c", "data_removed": true])
    #expect(there.state == .succeeded)
  }

  @Test(
    "moderation is told apart from failure",
    arguments: [
      ("The input or output was flagged as sensitive. (E005)", FailureClass.moderated),
      ("NSFW content detected", .moderated), ("CUDA out of memory (E1001)", .providerFailed),
    ])
  func moderated(_ error: String, _ failure: FailureClass) throws {
    let reading = try Fixture.builtIn("replicate").reading(
      .status, 200, ["status": "failed", "error": .string(error)])
    #expect(reading.failureClass == failure)
    #expect(reading.replyClass == (failure == .moderated ? .moderated : .ok))
    #expect(reading.error == error)
  }

  @Test("a finished word whose result must be fetched is pending, with the result's URL")
  func finished() throws {
    let profile = try Fixture.profile(Fixture.queue)
    let told = profile.reading(
      .status, 200,
      ["status": "COMPLETED", "request_id": "r", "response_url": "https://queue.example.com/r/x"])
    #expect(told.state == .pending)
    #expect(told.mustFetchResult)
    #expect(told.followUp.resultURL == "https://queue.example.com/r/x")
    let built = profile.reading(.status, 200, ["status": "COMPLETED", "request_id": "r"])
    #expect(
      built.followUp.resultURL == "https://queue.example.com/owner/app/long/path/requests/r")
    let waiting = profile.reading(.status, 202, ["status": "IN_QUEUE", "queue_position": 3])
    #expect(!waiting.mustFetchResult)
    #expect(waiting.queuePosition == 3)
  }

  @Test("a rule stands above the word: finished with an error has failed")
  func rules() throws {
    let reading = try Fixture.profile(Fixture.queue).reading(
      .status, 200,
      ["status": "COMPLETED", "error": "Runner disconnected", "error_type": "runner_disconnected"])
    #expect(reading.state == .failed)
    #expect(reading.failureClass == .providerFailed)
    #expect(reading.error == "Runner disconnected")
    #expect(reading.errorType == "runner_disconnected")
  }

  @Test("a bad envelope is believed before any word")
  func envelope() throws {
    let profile = try Fixture.profile(Fixture.queue)
    let bad = profile.reading(
      .status, 200, ["code": 1102, "status": "COMPLETED", "error": "balance"])
    #expect(bad.state == .unknown)
    #expect(bad.replyClass == .insufficientCredit)
    let other = profile.reading(.status, 200, ["code": 7, "status": "COMPLETED", "error": "x"])
    #expect(other.state == .unknown)
    #expect(other.replyClass == .permanent)
    #expect(profile.reading(.status, 200, ["code": "0", "status": "IN_QUEUE"]).state == .pending)
  }

  @Test("soon after the submit a 404 is ordinary")
  func grace() throws {
    let profile = try Fixture.profile(Fixture.queue)
    var context = RequestContext.job()
    context.secondsSinceDispatch = 19
    #expect(profile.reading(.status, 404, [:], context).replyClass == .transient)
    context.secondsSinceDispatch = 20
    #expect(profile.reading(.status, 404, [:], context).replyClass == .permanent)
  }

  @Test("a reply about another job is never a verdict")
  func wrongID() throws {
    let context = RequestContext.job(handle: ProviderHandle(externalID: "mine"))
    let reading = try Fixture.builtIn("replicate").reading(
      .status, 200, ["id": "other", "status": "failed"], context)
    #expect(reading.state == .unknown)
    #expect(!reading.warnings.isEmpty)
  }

  @Test("numbers beyond Int64 do not disturb a reading, and are kept as written where shown")
  func bigNumbers() throws {
    let raw = """
      {"status":"succeeded","output":{"seed":17454220438242315174},"metrics":{"n":1e400}}
      """
    let reading = try Fixture.builtIn("replicate").reading(.status, 200, raw: raw)
    #expect(reading.state == .succeeded)
    #expect(reading.outputs.first?.url.contains("17454220438242315174") == true)
  }

  @Test(
    "several words become one without overlooking a part",
    arguments: [
      ("all", ["done", "done"], Reading.succeeded), ("all", ["done", "run"], .pending),
      ("all", ["done", "bad"], .failed), ("all", ["bad", "run"], .pending),
      ("all", ["done", nil], .unknown), ("all", ["done", "what"], .unknown),
      ("any", ["bad", "done"], .succeeded), ("any", ["bad", "run"], .pending),
      ("any", ["bad", "bad"], .failed), ("first", ["run", "bad"], .pending), ("all", [], .unknown),
    ])
  func aggregates(_ kind: String, _ words: [String?], _ expected: Reading) throws {
    let profile = try Fixture.profile(
      Fixture.small([
        "state": [
          "pointers": "/jobs/*/state", "aggregate": .string(kind),
          "words": ["run": "pending", "done": "succeeded", "bad": "failed"],
        ]
      ]))
    let jobs = words.map { word -> JSON in ["state": word.map(JSON.string) ?? nil] }
    let reading = profile.reading(
      .status, 200, ["jobs": .array(jobs), "url": "https://a.b/c.png"])
    #expect(reading.state == expected)
  }

  @Test("a state may be a boolean, its absence, or the HTTP status")
  func otherStates() throws {
    let boolean = try Fixture.profile(
      Fixture.small([
        "state": [
          "pointers": "/done", "absent": "pending",
          "words": ["true": "succeeded", "false": "pending"],
        ],
        "rules": [["when": ["word": ["true"], "present": "/error"], "is": "failed"]],
      ]))
    #expect(boolean.reading(.status, 200, [:]).state == .pending)
    #expect(boolean.reading(.status, 200, ["done": false]).state == .pending)
    #expect(boolean.reading(.status, 200, ["done": true, "error": "x"]).state == .failed)
    #expect(
      boolean.reading(.status, 200, ["done": true, "url": "https://a.b/c"]).state == .succeeded)

    let http = try Fixture.profile(
      Fixture.small([
        "state": ["http": ["202": "pending", "200": "succeeded"]],
        "outputs": [["url": "/files/{{handle.external_id}}", "needs_auth": true]],
      ]))
    let context = RequestContext.job(handle: ProviderHandle(externalID: "7"))
    #expect(http.reading(.status, 202, raw: "", context).state == .pending)
    let done = http.reading(.status, 200, raw: "\u{1}\u{2}binary", context)
    #expect(done.state == .succeeded)
    #expect(done.outputs.first?.url == "https://small.example.com/api/files/7")
    #expect(done.outputs.first?.needsAuth == true)
    #expect(http.reading(.status, 404, raw: "", context).state == .unknown)
  }
}
