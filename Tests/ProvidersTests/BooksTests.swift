// What a reply becomes for the books: one set of words, nothing lost on the way.

import Ledger
import Providers
import Testing
import Wire

@Suite("From replies to the books")
struct BooksTests {
  private let later = Timestamp(microseconds: 9_000_000)
  private let answered = Exchange(httpStatus: 200, latencyMilliseconds: 12, reply: [0x7B, 0x7D])

  @Test("a pending status keeps word, progress, stage and queue place, and looks again")
  func pending() throws {
    let profile = try Fixture.profile(Fixture.queue)
    let reading = profile.reading(
      .status, 200,
      ["status": "IN_PROGRESS", "percent": 38, "phase": "scene 2", "queue_position": 4])
    let observation = Observation(
      reading, to: .status, exchange: answered, billing: profile.billing, nextAt: later)
    #expect(observation.source == .poll(.status))
    #expect(observation.reading == .pending && observation.replyClass == .ok)
    #expect(observation.word == "IN_PROGRESS" && observation.stage == "scene 2")
    #expect(observation.fraction == 380_000 && observation.queuePlace == 4)
    #expect(observation.nextAt == later && observation.nextRequest == nil)
    #expect(observation.exchange == answered)
  }

  @Test("a finished word asks for the result next")
  func finished() throws {
    let profile = try Fixture.profile(Fixture.queue)
    let reading = profile.reading(.status, 200, ["status": "COMPLETED"])
    let observation = Observation(
      reading, to: .status, exchange: answered, billing: profile.billing, nextAt: later)
    #expect(observation.reading == .pending && observation.nextRequest == .result)
  }

  @Test(
    "only the classes that the profile lists are charged to the customer",
    arguments: [("policy", FailureClass.moderated, true), ("other", .providerFailed, false)])
  func charges(_ type: String, _ failure: FailureClass, _ charged: Bool) throws {
    let profile = try Fixture.profile(Fixture.queue)
    let reading = profile.reading(.result, 422, ["detail": [["type": .string(type), "msg": "no"]]])
    let observation = Observation(
      reading, to: .result, exchange: Exchange(httpStatus: 422), billing: profile.billing,
      nextAt: later)
    #expect(observation.reading == .failed && observation.failureClass == failure)
    #expect(observation.chargesCustomer == charged)
    #expect(observation.exchange.message == "no")
  }

  @Test("outputs and the reported price arrive exactly")
  func outputs() throws {
    let profile = try Fixture.profile(Fixture.queue)
    let reading = profile.reading(
      .result, 200,
      [
        "images": [["url": "https://x.cdn.example.com/a.png"]],
        "metrics": ["cost": .number("1.5")],
      ])
    let observation = Observation(
      reading, to: .result, exchange: answered, billing: profile.billing, nextAt: later)
    #expect(observation.reading == .succeeded)
    #expect(
      observation.outputs
        == [.init(url: "https://x.cdn.example.com/a.png", mediaType: "image/png")])
    #expect(observation.charge == Credits("0.75"))
  }

  @Test("an accepted submit brings the handle, its URLs, the model and the profile's patience")
  func accepted() throws {
    let profile = try Fixture.builtIn("replicate")
    let context = RequestContext.job(model: "acme/clip")
    let url = "https://api.replicate.com/v1/predictions/p1"
    let body: JSON = ["id": "p1", "status": "starting", "urls": ["get": .string(url)]]
    let exchange = Exchange(httpStatus: 201)
    let acceptance = Acceptance(
      profile.reading(.submit, 201, body, context), of: context, exchange: exchange,
      profile: profile, pollAt: later)
    #expect(acceptance.via == .submit && acceptance.word == "starting")
    #expect(acceptance.handle.externalID == "p1" && acceptance.handle.model == "acme/clip")
    #expect(acceptance.handle.urls == JSONObject([.init("status", .string(url))]))
    #expect(acceptance.handle.patienceMilliseconds == 2_700_000 && acceptance.handle.step == 0)
    #expect(acceptance.nextAt == later && acceptance.outcome == nil)
  }

  @Test("a blocking submit's answer brings its verdict along")
  func blocking() throws {
    let profile = try Fixture.builtIn("self-hosted")
    let reading = profile.reading(.submit, 200, ["status": "completed", "video_url": "/a.mp4"])
    let acceptance = Acceptance(
      reading, of: .job(), exchange: answered, profile: profile, pollAt: later)
    #expect(acceptance.handle.externalID == "job-1")
    #expect(acceptance.outcome?.reading == .succeeded)
    #expect(acceptance.outcome?.outputs.count == 1)
  }

  @Test("where our own id is the handle, a lost answer is acceptance by own id")
  func ownID() throws {
    let profile = try Fixture.builtIn("self-hosted")
    let reading = profile.readNoReply(.submit, wasSent: true, for: .job())
    let acceptance = Acceptance(
      reading, of: .job(), exchange: Exchange(fault: .reset), profile: profile, pollAt: later)
    #expect(acceptance.via == .ownID && acceptance.handle.externalID == "job-1")
    #expect(acceptance.outcome == nil)
  }

  @Test("a refusal keeps the provider's words and says whether our account is the cause")
  func refused() throws {
    let profile = try Fixture.builtIn("replicate")
    let reading = profile.reading(.submit, 402, ["detail": "no credit"])
    let refused = Refused(
      reading, exchange: Exchange(httpStatus: 402), billing: profile.billing, retryAt: later)
    #expect(refused.isAccountProblem && refused.retryAt == later)
    #expect(refused.replyClass == .insufficientCredit && refused.exchange.message == "no credit")
  }

  @Test(
    "doubt names its cause and what to do",
    arguments: [
      (Exchange(fault: .timeout), Fault.timeout), (Exchange(httpStatus: 503), .serverError),
      (Exchange(httpStatus: 201), .unreadable),
    ])
  func doubt(_ exchange: Exchange, _ fault: Fault) throws {
    let doubt = Doubt(ReplyReading(), exchange: exchange, job: "j-1")
    #expect(doubt.fault == fault && doubt.reconcileAt == nil)
    #expect(doubt.advice.contains("ledger track --id j-1 --external-id"))
  }

  @Test("no profile may speak of an operator's verdict")
  func resolved() {
    #expect(throws: ProfileError.self) {
      try Fixture.profile(Fixture.small(["billing": ["charge_customer": ["resolved"]]]))
    }
  }
}
