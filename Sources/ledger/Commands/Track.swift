// ledger track

import CommandLine
import Ledger
import Providers
import Wire

enum Track {
  static let declaration = Declaration(
    "track", .run, "Adopt a job that the app submitted itself",
    details: """
      The job is polled at once; a finished one gets its verdict and its money there.

      Without --hold, --id names an uncertain or parked job to which the found handle is attached.

      In the middle of a pipeline (--step 2/3) the steps after it follow from --steps. \
      \(StepsFile.format) Steps before the adopted one count as done, at a share of 0; what they \
      made is not known, so no later step may name it.
      """,
    options: [
      .required("provider", .identifier, "Where it runs", as: "P"),
      .value("external-id", .text, "The provider's id of it", as: "X"),
      .value("status-url", .url, "Where to ask", as: "U"),
      .value("result-url", .url, "Where its result is", as: "U"),
      .value("cancel-url", .url, "Where to cancel", as: "U"),
      .value("model", .text, "Which of the provider's models", as: "M"),
      .value("step", .step, "Which step of a pipeline"),
      .value("steps", .path, "All its steps, where some are still to come; or -", as: "FILE"),
      .required("account", .account, "Who pays", as: "A"),
      .value("hold", .credits, "The price, reserved now; 0 to watch without money"),
      .value("charged", .credits, "What the app took in its own books; with --hold 0"),
      .value("id", .identifier, "The job's id; made up when not given"),
      .repeated("meta", .pair, "A label of your own"),
    ],
    rules: [
      .atLeastOne(["external-id", "status-url"]), .atLeastOne(["hold", "id"]),
      .needs("charged", "hold"), .needs("steps", "step"), .needs("steps", "hold"),
    ],
    examples: [
      "ledger track --provider replicate --external-id x1y2z3 --account acme --hold 0"
    ])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let profile = try session.registry().profile(arguments.required("provider"))
    let hold = try arguments.credits("hold")
    let charged = try arguments.credits("charged")
    if charged != nil, hold != .zero {
      throw Failure.usage(
        "--charged says what the app took already: it needs --hold 0", next: "--hold 0")
    }
    var submission = Submission(
      id: arguments.string("id") ?? "",
      account: session.account(arguments.required("account")), provider: profile.name,
      model: try arguments.word("model"), hold: hold ?? .zero, meta: try arguments.meta())
    var tracking = try tracking(arguments, profile)
    try addPlan(session, arguments, to: &submission)
    tracking.model = submission.model
    try session.makeHome()
    if submission.id.isEmpty {
      // Two jobs of one handle are refused by its external id; where only a URL is known, the same
      // URL means the same job.
      let url = tracking.externalID == nil ? tracking.urls["status"]?.string : nil
      submission.id = try session.id(forKey: url.map { "track \(profile.name) \($0)" })
    }
    let receipt = try session.write(
      .track(
        Tracking(
          submission: submission, hasHold: hold != nil, handle: tracking, charged: charged)))
    try session.answer(receipt, id: submission.id, account: submission.account)
    session.adviseToPoll()
    return .ok
  }

  private static func tracking(
    _ arguments: Arguments, _ profile: Profile
  ) throws(Failure) -> FoundHandle {
    var urls = JSONObject()
    for name in ["status", "result", "cancel"] {
      if let url = arguments.string("\(name)-url") { urls[name] = .string(url) }
    }
    let step = arguments.step("step").map { UInt64($0.number - 1) }
    return FoundHandle(
      externalID: try arguments.word("external-id"), urls: urls,
      model: try arguments.word("model"), step: step,
      patienceMilliseconds: UInt64(profile.limits.patienceSeconds) * 1000)
  }

  /// The steps that follow an adopted one.
  private static func addPlan(
    _ session: Session, _ arguments: Arguments, to submission: inout Submission
  ) throws {
    guard let (number, total) = arguments.step("step") else { return }
    guard let path = arguments.string("steps") else {
      guard number == total || arguments.string("hold") == nil else {
        throw Failure.usage(
          "--step \(number)/\(total): the steps after it are needed too", next: "add --steps FILE")
      }
      return
    }
    let plan = try StepsFile.read(
      session, path, hold: submission.hold, done: number - 1, startsSent: true)
    guard plan.steps.count == total else {
      throw Failure.usage(
        "--step \(number)/\(total): --steps has \(plan.steps.count) steps; give all of them, those "
          + "that are done too")
    }
    let step = plan.steps[number - 1]
    guard step.provider == submission.provider,
      submission.model == nil || submission.model == step.model
    else {
      throw Failure.usage(
        "--steps: /\(number - 1) is for \(step.provider)\(step.model.map { ", \($0)" } ?? ""), "
          + "not what --provider and --model say")
    }
    submission.model = step.model
    submission.plan = plan
  }
}
