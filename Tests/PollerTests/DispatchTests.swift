// What becomes of a submit: rule 3, case by case.

import Ledger
import Poller
import Providers
import Support
import Testing
import Wire

@Suite("What becomes of a submit", .seeded) struct DispatchTests {
  private let now = Timestamp("2026-11-21T09:30:00Z")!

  private func settle(
    _ provider: String, _ read: (Profile, RequestContext) -> ReplyReading,
    _ exchange: Exchange = Exchange()
  ) throws -> JobCommand {
    let profile = try ProfileRegistry().profile(provider)
    let context = RequestContext(jobID: "j-1", model: "acme/clip", input: ["prompt": "x"])
    var dice = Seed.generator(for: "dispatch")
    return Dispatch(Job(), context, profile, now: now)
      .settle(read(profile, context), exchange, using: &dice)
  }

  private func answer(_ provider: String, _ status: Int, _ body: JSON) throws -> JobCommand {
    try settle(
      provider, { $0.read(.submit, Reply(status: status, body: body.bytes), for: $1) },
      Exchange(httpStatus: UInt64(status)))
  }

  @Test("an answer that names the job is acceptance, looked at soon")
  func accepted() throws {
    guard
      case .accept(let acceptance) = try answer(
        "replicate", 201, ["id": "p1", "status": "starting"])
    else { throw RigError(reason: "not accepted") }
    #expect(acceptance.handle.externalID == "p1" && acceptance.via == .submit)
    #expect((0.5...2).contains(acceptance.nextAt.seconds(since: now)))
  }

  @Test(
    "proof of non-acceptance: for good, or to be sent again",
    arguments: [(400, false), (404, false), (422, false), (429, true), (402, true), (401, true)])
  func refused(_ status: Int, _ again: Bool) throws {
    guard case .refuse(let refused) = try answer("replicate", status, ["detail": "no"]) else {
      throw RigError(reason: "not refused")
    }
    #expect((refused.retryAt != nil) == again)
    #expect(refused.isAccountProblem == (status == 401 || status == 402))
  }

  @Test("nothing sent is nothing accepted; perhaps sent is doubt, or our own id")
  func noReply() throws {
    let unsent = try settle(
      "replicate", { $0.readNoReply(.submit, wasSent: false, for: $1) }, Exchange(fault: .connect))
    guard case .refuse(let refused) = unsent else { throw RigError(reason: "not refused") }
    #expect(refused.retryAt != nil && refused.exchange.fault == .connect)

    let lost = try settle(
      "replicate", { $0.readNoReply(.submit, wasSent: true, for: $1) }, Exchange(fault: .timeout))
    guard case .doubt(let doubt) = lost else { throw RigError(reason: "no doubt") }
    #expect(doubt.fault == .timeout && doubt.reconcileAt.map { $0 > now } == true)

    let own = try settle(
      "self-hosted", { $0.readNoReply(.submit, wasSent: true, for: $1) }, Exchange(fault: .reset))
    guard case .accept(let acceptance) = own else { throw RigError(reason: "not accepted") }
    #expect(acceptance.via == .ownID && acceptance.handle.externalID == "j-1")
  }

  @Test("a 5xx and an answer that names no job are doubt", arguments: [500, 503, 200])
  func uncertain(_ status: Int) throws {
    guard case .doubt(let doubt) = try answer("replicate", status, ["detail": "?"]) else {
      throw RigError(reason: "no doubt")
    }
    #expect(doubt.fault == (status >= 500 ? .serverError : .unreadable))
    #expect(doubt.advice.contains("j-1"))
  }
}
