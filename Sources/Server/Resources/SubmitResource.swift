// POST /v1/jobs and /v1/jobs/track.

import HTTPServer
import Ledger
import Providers
import Wire

enum SubmitResource {
  /// POST /v1/jobs
  static func submit(_ call: Call) throws {
    let body = try call.body()
    try body.allowOnly([
      "id", "key", "provider", "model", "account", "hold", "input", "meta", "patience",
      "hold_expires", "steps",
    ])
    let key = try call.key(body)
    let hold = try body.requiredCredits("hold")
    let plan = try plan(call, body, hold: hold)
    var submission = try submission(
      call, body, provider: plan?.steps[0].provider ?? provider(call, body), key: key)
    submission.hold = hold
    submission.plan = plan
    if let plan {
      submission.model = plan.steps[0].model
    } else {
      guard let input = body.value("input") else { throw Problem.invalid("\"input\" is missing") }
      guard input.bytes.count <= Limits.inputBytes else {
        throw Problem(
          413, "too_large", "the input is longer than \(Limits.inputBytes) bytes",
          next: "hand large inputs over by URL")
      }
      submission.input = input
    }
    answer(call, .submit(submission), submission, key)
  }

  /// POST /v1/jobs/track
  static func track(_ call: Call) throws {
    let body = try call.body()
    try body.allowOnly([
      "id", "key", "provider", "model", "account", "hold", "charged", "external_id", "status_url",
      "result_url", "cancel_url", "step", "meta", "patience", "hold_expires",
    ])
    let key = try call.key(body)
    var submission = try submission(
      call, body, provider: try provider(call, body), key: key)
    let hold = try body.credits("hold")
    let charged = try body.credits("charged")
    guard charged == nil || hold == .zero else {
      throw Problem.invalid("\"charged\" says what the app took already: it needs \"hold\": \"0\"")
    }
    submission.hold = hold ?? .zero
    var urls = JSONObject()
    for name in ["status", "result", "cancel"] {
      if let url = try body.text("\(name)_url") { urls[name] = .string(url) }
    }
    let externalID = try body.text("external_id")
    guard externalID != nil || urls["status"] != nil else {
      throw Problem.invalid("\"external_id\" or \"status_url\" is needed")
    }
    let handle = FoundHandle(
      externalID: externalID, urls: urls, model: submission.model, step: try step(body),
      patienceMilliseconds: submission.patienceMilliseconds)
    let tracking = Tracking(
      submission: submission, hasHold: hold != nil, handle: handle, charged: charged)
    answer(call, .track(tracking), submission, key)
  }

  /// A pipeline's steps, with their providers' full names; nil when there are none.
  private static func plan(
    _ call: Call, _ body: Body, hold: Credits
  ) throws(Problem) -> Plan? {
    guard let steps = body.value("steps") else { return nil }
    for name in ["provider", "model", "input"] where body.value(name) != nil {
      throw .invalid("\"\(name)\" stands in each of the steps")
    }
    var plan: Plan
    do {
      plan = try Plan(reading: steps, hold: hold)
    } catch {
      throw .invalid("steps: \(error)")
    }
    for index in plan.steps.indices {
      plan.steps[index].provider = try profile(call, plan.steps[index].provider).name
    }
    return plan
  }

  private static func provider(_ call: Call, _ body: Body) throws(Problem) -> String {
    try profile(call, try body.requiredText("provider")).name
  }

  private static func profile(_ call: Call, _ name: String) throws(Problem) -> Profile {
    guard let profile = call.service.profiles(name) else {
      throw Problem(
        400, "unknown_provider", "there is no profile named \(name.prefix(64))",
        next: "ledger provider list")
    }
    return profile
  }

  private static func submission(
    _ call: Call, _ body: Body, provider: String, key: String?
  ) throws -> Submission {
    let account = try body.requiredText("account")
    guard call.principal.sees(account: account) else {
      throw Problem(403, "not_allowed", "this token is not for that account")
    }
    let ledgerID = call.service.books.meta.ledgerID
    let id = try body.text("id") ?? key.map { JobID.derived(from: $0, ledgerID: ledgerID) }
    if let id { try refuseForeign(call, id) }
    return Submission(
      id: id ?? JobID.random(), account: account, provider: provider,
      model: try body.text("model"), hold: .zero, meta: try body.labels("meta"),
      patienceMilliseconds: try body.milliseconds("patience"),
      holdExpires: try body.milliseconds("hold_expires").map(Deadline.after))
  }

  /// An id that is taken by a job of somebody else: that it is taken is all there is to know.
  private static func refuseForeign(_ call: Call, _ id: String) throws {
    guard !call.principal.seesAll else { return }
    let owner = try call.read { snapshot -> String? in
      guard let number = try snapshot.jobNumber(id), let job = try snapshot.job(number) else {
        return nil
      }
      return try snapshot.subject(job.account)?.name.id
    }
    guard let owner, !call.principal.sees(account: owner) else { return }
    throw Problem(409, "conflict", "job \(id) exists already", next: "choose another id")
  }

  /// `N/N`: the last step of a pipeline.
  private static func step(_ body: Body) throws(Problem) -> UInt64 {
    guard let text = try body.text("step") else { return 0 }
    let parts = text.split(separator: "/").compactMap { UInt64($0) }
    guard parts.count == 2, parts[0] == parts[1], (1...1024).contains(parts[0]) else {
      throw .invalid("\"step\" is N/N: only a pipeline's last step can be adopted")
    }
    return parts[0] - 1
  }

  private static func answer(
    _ call: Call, _ action: Action, _ submission: Submission, _ key: String?
  ) {
    call.append(action, key: key) { receipt in
      let id = submission.id
      let held = try call.read { try $0.status(job: id, now: call.now)?.held }
      call.reply(
        receipt.newJob(id, account: submission.account, heldBefore: held), status: 202,
        headers: [("Location", "/v1/jobs/\(id)")])
    }
  }
}
