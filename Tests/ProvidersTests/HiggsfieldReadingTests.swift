// The built-in profiles of one provider's two APIs: requests with an idempotency key, and job sets.

import Ledger
import Providers
import Testing
import Wire

@Suite("Reading Higgsfield")
struct HiggsfieldReadingTests {
  private func profile() throws -> Profile { try Fixture.builtIn("higgsfield") }
  private func legacy() throws -> Profile { try Fixture.builtIn("higgsfield-legacy") }

  private func keys(_ name: String) -> String? {
    ["HF_KEY": "id:secret", "HF_API_KEY": "id", "HF_API_SECRET": "secret"][name]
  }

  @Test("a submit carries the key that makes a repetition safe")
  func submit() throws {
    let made = try profile().request(
      .submit, for: .job("job-7", model: "higgsfield-ai/dop/turbo"), secrets: keys)
    #expect(made.url.description == "https://api.higgsfield.ai/higgsfield-ai/dop/turbo")
    #expect(made.header("idempotency-key") == "job-7.1")
    #expect(made.header("authorization") == "Key id:secret")
    #expect(try profile().honoursIdempotencyKeys)
    let reading = try profile().reading(
      .submit, 200,
      [
        "status": "queued", "request_id": "r-1",
        "status_url": "https://platform.higgsfield.ai/requests/r-1/status",
        "cancel_url": "https://platform.higgsfield.ai/requests/r-1/cancel",
      ])
    #expect(reading.proof == .accepted)
    #expect(reading.followUp.statusURL == "https://platform.higgsfield.ai/requests/r-1/status")
  }

  @Test(
    "every word",
    arguments: [
      ("queued", Reading.pending, nil), ("in_progress", .pending, nil),
      ("completed", .succeeded, nil), ("failed", .failed, .providerFailed),
      ("nsfw", .failed, .moderated), ("canceled", .canceled, .canceled),
      ("Completed", .succeeded, nil), ("paused", .unknown, nil),
    ] as [(String, Reading, FailureClass?)])
  func words(_ word: String, _ state: Reading, _ failure: FailureClass?) throws {
    let video: JSON = ["url": "https://cloud-cdn.higgsfield.ai/v.mp4"]
    let reading = try profile().reading(
      .status, 200,
      ["status": .string(word), "request_id": "r-1", "video": video],
      .job(handle: ProviderHandle(externalID: "r-1")))
    #expect(reading.state == state)
    #expect(reading.failureClass == failure)
    #expect(reading.outputs.map(\.url) == (state == .succeeded ? [video["url"]?.string] : []))
  }

  @Test(
    "refusals are what they mean, not what their numbers say",
    arguments: [
      (400, "Maximum number of concurrent requests (4) has been reached", .notAccepted(.retry)),
      (400, "Unknown parameter", .notAccepted(.final)),
      (401, "Invalid credentials", .accountProblem),
      (403, "Not enough credits", .accountProblem), (422, "bad", .notAccepted(.final)),
      (423, "Model is blocked", .notAccepted(.final)), (503, "busy", .uncertain),
    ] as [(Int, String, SubmitProof)])
  func refusals(_ status: Int, _ detail: String, _ proof: SubmitProof) throws {
    for profile in [try profile(), try legacy()] {
      let reading = profile.reading(.submit, status, ["detail": .string(detail)])
      #expect(reading.proof == proof)
      #expect(reading.isTransient == (proof == .notAccepted(.retry) || status == 503))
      #expect((reading.replyClass == .insufficientCredit) == (status == 403))
      #expect(reading.error == detail)
    }
  }

  @Test("a cancel after the queue is too late")
  func cancel() throws {
    #expect(try profile().reading(.cancel, 400, ["detail": "x"]).cancelAnswer == .tooLate)
    #expect(try profile().reading(.cancel, 202, [:]).cancelAnswer == .accepted)
  }

  @Test("a job set is done when all of its jobs are")
  func jobSet() throws {
    func reading(_ words: String...) throws -> ReplyReading {
      let jobs = words.enumerated().map { index, word in
        [
          "id": .int(index), "status": .string(word),
          "results": word == "completed"
            ? [
              "raw": ["type": "image", "url": .string("https://cdn.example.com/\(index).png")],
              "min": ["type": "image", "url": .string("https://cdn.example.com/\(index)-s.png")],
            ] : nil,
        ] as JSON
      }
      return try legacy().reading(
        .status, 200, ["id": "set-1", "jobs": .array(jobs)],
        .job(handle: ProviderHandle(externalID: "set-1")))
    }
    #expect(try reading("queued", "completed").state == .pending)
    let done = try reading("completed", "completed")
    #expect(done.state == .succeeded)
    #expect(
      done.outputs.map(\.url) == ["https://cdn.example.com/0.png", "https://cdn.example.com/1.png"])
    #expect(try reading("completed", "nsfw").failureClass == .moderated)
    #expect(try reading("completed", "failed").failureClass == .providerFailed)
    #expect(try reading("completed", "weird").state == .unknown)
    #expect(try reading().state == .pending)
  }

  @Test("job sets are asked for by two secrets and take their input as params")
  func legacyRequests() throws {
    let made = try legacy().request(
      .submit, for: .job(model: "image2video/dop", input: ["prompt": "x"]), secrets: keys)
    #expect(made.url.description == "https://platform.higgsfield.ai/v1/image2video/dop")
    #expect(made.header("hf-api-key") == "id")
    #expect(made.header("hf-secret") == "secret")
    #expect(made.body == (["params": ["prompt": "x"]] as JSON).bytes)
    #expect(made.idempotencyKey == nil)
    let context = RequestContext.job(
      model: "v1/image2video/dop", handle: ProviderHandle(externalID: "set-1"))
    let status = try legacy().request(.status, for: context, secrets: keys)
    #expect(status.url.description == "https://platform.higgsfield.ai/v1/job-sets/set-1")
  }
}
