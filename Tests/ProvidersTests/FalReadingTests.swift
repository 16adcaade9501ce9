// The built-in profile of a queue without a word for failure: finished, then the result decides.

import Ledger
import Providers
import Testing
import Wire

@Suite("Reading fal")
struct FalReadingTests {
  private let id = "5057fca7-2eb3-468f-b95d-cefe92b0b9d4"

  private func profile() throws -> Profile { try Fixture.builtIn("fal") }

  private func job(_ model: String = "fal-ai/kling-video/v2/master/text-to-video")
    -> RequestContext
  {
    .job(model: model, handle: ProviderHandle(externalID: id))
  }

  private func key(_ name: String) -> String? { name == "FAL_KEY" ? "k:s" : nil }

  @Test("a submit names the job and its three URLs")
  func submit() throws {
    let root = "https://queue.fal.run/fal-ai/kling-video/requests/\(id)"
    let reading = try profile().reading(
      .submit, 200,
      [
        "status": "IN_QUEUE", "request_id": .string(id), "response_url": .string(root),
        "status_url": .string(root + "/status"), "cancel_url": .string(root + "/cancel"),
        "queue_position": 3, "logs": nil, "metrics": [:],
      ])
    #expect(reading.proof == .accepted)
    #expect(reading.externalID == id)
    #expect(reading.state == .pending)
    #expect(reading.queuePosition == 3)
    #expect(
      reading.followUp
        == ProviderHandle(
          statusURL: root + "/status", resultURL: root, cancelURL: root + "/cancel"))
  }

  @Test("an answer with nothing but an id is enough, and its URLs keep owner and app only")
  func bareSubmit() throws {
    let reading = try profile().reading(
      .submit, 200, ["request_id": .string(id), "gateway_request_id": "other"])
    #expect(reading.proof == .accepted)
    #expect(reading.externalID == id)
    #expect(reading.followUp.isEmpty)
  }

  @Test(
    "URLs built by us keep owner/app, and a third part after workflows/ and comfy/",
    arguments: [
      ("fal-ai/kling-video/v2/master/text-to-video", "fal-ai/kling-video"),
      ("fal-ai/fast-sdxl", "fal-ai/fast-sdxl"),
      ("workflows/acme/story/draft", "workflows/acme/story"),
      ("comfy/acme/faces", "comfy/acme/faces"),
    ])
  func fallback(_ model: String, _ app: String) throws {
    let base = "https://queue.fal.run/\(app)/requests/\(id)"
    let expected: [(RequestPhase, String, String)] = [
      (.status, "GET", base + "/status?logs=1"), (.result, "GET", base),
      (.cancel, "PUT", base + "/cancel"),
    ]
    for (phase, method, url) in expected {
      let request = try profile().request(phase, for: job(model), secrets: key)
      #expect(request.method == method)
      #expect(request.url.description == url)
      #expect(request.header("authorization") == "Key k:s")
    }
    let submit = try profile().request(.submit, for: .job(model: model), secrets: key)
    #expect(submit.url.description == "https://queue.fal.run/\(model)")
    #expect(submit.idempotencyKey == nil)
  }

  @Test("without model and URLs the handle is incomplete, and nothing is asked")
  func incomplete() throws {
    let context = RequestContext(jobID: "a", handle: ProviderHandle(externalID: id))
    #expect(throws: RequestError.handleIncomplete(missing: "job.model")) {
      try profile().request(.status, for: context, secrets: key)
    }
  }

  @Test("waiting is a 202")
  func waiting() throws {
    let queued = try profile().reading(.status, 202, ["status": "IN_QUEUE", "queue_position": 123])
    #expect(queued.state == .pending)
    #expect(queued.queuePosition == 123)
    let running = try profile().reading(
      .status, 202,
      [
        "status": "IN_PROGRESS",
        "logs": [["message": " 10%|# | 1/10"], ["message": " 40%|#### | 4/10"], ["message": "x"]],
      ])
    #expect(running.state == .pending)
    #expect(running.progress == 400_000)
  }

  @Test("COMPLETED is not success: its result is still to be fetched")
  func finished() throws {
    let reading = try profile().reading(
      .status, 200, ["status": "COMPLETED", "metrics": ["inference_time": 9]], job())
    #expect(reading.state == .pending)
    #expect(reading.mustFetchResult)
    #expect(
      reading.followUp.resultURL == "https://queue.fal.run/fal-ai/kling-video/requests/\(id)")
  }

  @Test(
    "COMPLETED with an error is a failure of its kind",
    arguments: [
      ("runner_disconnected", FailureClass.providerFailed), ("request_timeout", .expired),
      ("startup_timeout", .expired), ("content_policy_violation", .moderated),
      ("client_cancelled", .canceled),
    ])
  func completedWithError(_ type: String, _ failure: FailureClass) throws {
    let reading = try profile().reading(
      .status, 200,
      ["status": "COMPLETED", "error": "it did not work", "error_type": .string(type)], job())
    #expect(reading.failureClass == failure)
    #expect(reading.state == (failure == .canceled ? .canceled : .failed))
    #expect(reading.error == "it did not work")
    #expect(reading.errorType == type)
  }

  @Test(
    "a bare result is the model's own output, wherever its files are",
    arguments: [
      (
        ["video": ["url": "https://v3.fal.media/a.mp4", "content_type": "video/mp4"]],
        ["https://v3.fal.media/a.mp4"]
      ),
      (
        [
          "images": [
            ["url": "https://v3.fal.media/1.png"], ["url": "https://v3.fal.media/2.png"],
          ], "seed": .number("17454220438242315174"),
        ],
        ["https://v3.fal.media/1.png", "https://v3.fal.media/2.png"]
      ),
      (["audio_url": "https://v3.fal.media/a.wav"], ["https://v3.fal.media/a.wav"]),
      (["odd": [["deep": "https://v3.fal.media/o.glb"]]], ["https://v3.fal.media/o.glb"]),
      (
        ["status": "COMPLETED", "response": ["image": ["url": "https://v3.fal.media/n.jpg"]]],
        ["https://v3.fal.media/n.jpg"]
      ),
    ] as [(JSON, [String])])
  func result(_ body: JSON, _ urls: [String]) throws {
    let reading = try profile().reading(.result, 200, body, job())
    #expect(reading.state == .succeeded)
    #expect(reading.outputs.map(\.url) == urls)
  }

  @Test("a result that is text is kept itself")
  func textResult() throws {
    let reading = try profile().reading(.result, 200, ["text": "hello", "chunks": []], job())
    #expect(reading.state == .succeeded)
    #expect(reading.outputs.first?.mediaType == "application/json")
    let empty = try profile().reading(.result, 200, [:], job())
    #expect(empty.failureClass == .noOutput)
  }

  @Test(
    "an HTTP error of the result is the job's failure when it is fal's own",
    arguments: [
      (
        422, ["detail": [["loc": ["body"], "msg": "bad", "type": "value_error"]]], [:],
        .providerFailed
      ),
      (
        422, ["detail": [["msg": "no", "type": "content_policy_violation"]]], [:], .moderated
      ),
      (400, ["detail": "no such voice", "error_type": "bad_request"], [:], .providerFailed),
      (500, ["detail": "oops", "error_type": "internal_error"], [:], .providerFailed),
      (504, ["detail": "late"], ["X-Fal-Request-Timeout-Type": "user"], .expired),
      (504, ["detail": "late", "error_type": "request_timeout"], [:], .expired),
      (
        503, ["detail": "gone"], ["X-Fal-Error-Type": "runner_disconnected"], .providerFailed
      ),
      (500, ["detail": [["msg": "x", "type": "internal_server_error"]]], [:], .providerFailed),
    ] as [(Int, JSON, [String: String], FailureClass)])
  func finalResult(
    _ status: Int, _ body: JSON, _ headers: [String: String], _ failure: FailureClass
  ) throws {
    let reading = try profile().reading(.result, status, body, headers: headers, job())
    #expect(reading.failureClass == failure)
    #expect(reading.error != nil)
  }

  @Test(
    "an HTTP error of the result that may pass is no verdict",
    arguments: [
      (500, ["detail": "x", "error_type": "runner_server_error"], ["X-Fal-Retryable": "true"]),
      (502, nil, [:]), (503, ["detail": "Service Unavailable"], [:]),
      (429, ["detail": "slow"], [:]),
      (401, ["detail": "no"], [:]), (404, ["detail": "no"], [:]),
    ] as [(Int, JSON, [String: String])])
  func passing(_ status: Int, _ body: JSON, _ headers: [String: String]) throws {
    let reading = try profile().reading(.result, status, body, headers: headers, job())
    #expect(!reading.isVerdict)
    #expect(reading.isTransient == (status != 401 && status != 404))
  }

  @Test(
    "a cancel is accepted, too late, or unknown, and never a verdict",
    arguments: [
      (202, "CANCELLATION_REQUESTED", CancelAnswer.accepted),
      (400, "ALREADY_COMPLETED", .tooLate), (404, "NOT_FOUND", .unknown),
    ])
  func cancel(_ status: Int, _ word: String, _ answer: CancelAnswer) throws {
    let reading = try profile().reading(.cancel, status, ["status": .string(word)], job())
    #expect(reading.cancelAnswer == answer)
    #expect(!reading.isVerdict)
  }

  @Test(
    "a webhook has words of its own, and may leave its output to be fetched",
    arguments: [
      (["status": "OK", "payload": ["video": ["url": "https://v3.fal.media/a.mp4"]]], nil, true),
      (["status": "OK", "payload": nil, "payload_error": "not serializable"], nil, false),
      (
        ["status": "ERROR", "error": "Invalid status code: 404", "payload": nil], .providerFailed,
        false
      ),
      (
        [
          "status": "ERROR", "error": "Invalid status code: 422",
          "payload": ["detail": [["msg": "no", "type": "content_policy_violation"]]],
        ], .moderated, false
      ),
    ] as [(JSON, FailureClass?, Bool)])
  func webhook(_ body: JSON, _ failure: FailureClass?, _ hasOutput: Bool) throws {
    var object = body.object ?? JSONObject()
    object["request_id"] = .string(id)
    let message = WebhookMessage(headers: [], body: JSON.object(object).bytes)
    let reading = try profile().readWebhook(message, for: job())
    #expect(reading.externalID == id)
    #expect(reading.failureClass == failure)
    #expect(reading.outputs.count == (hasOutput ? 1 : 0))
    #expect(reading.mustFetchResult == (failure == nil && !hasOutput))
    var context = job()
    context.webhookURL = "https://ledger.example.com/w"
    context.input = ["prompt": "a"]
    let sent = try profile().request(.submit, for: context, secrets: key)
    #expect(sent.url.query == "fal_webhook=https%3A%2F%2Fledger.example.com%2Fw")
  }

  @Test("a locked account is ours to mend, a wrong input is the job's end")
  func refusals() throws {
    let locked = try profile().reading(
      .submit, 403, ["detail": "User is locked. Reason: Exhausted balance."])
    #expect(locked.proof == .accountProblem)
    let wrong = try profile().reading(.submit, 422, ["detail": "bad"])
    #expect(wrong.proof == .notAccepted(.final))
    #expect(wrong.failureClass == .refused)
    #expect(try profile().reading(.submit, 503, nil).proof == .uncertain)
  }
}
