// ledger submit

import CommandLine
import Ledger
import Posix
import Providers
import Wire

enum Submit {
  static let declaration = Declaration(
    "submit", .run, "Write down a job and its hold; the poller sends it",
    details: """
      Intent and hold are one commit, before any call to the provider: what is written is sent, \
      and sent once.

      With the same --id, or the same --key, the first answer is given again.

      With --steps the job is a pipeline. \(StepsFile.format) When a step fails, the steps before \
      it are charged only where their profiles set charge_completed_steps.
      """,
    options: [
      .value("provider", .identifier, "Who does the work", as: "P"),
      .value("model", .text, "Which of its models", as: "M"),
      .required("account", .account, "Who pays", as: "A"),
      .required("hold", .credits, "The price, reserved now"),
      .value("input", .json, "What the provider gets"),
      .value("input-file", .path, "The same from a file, or - for standard input", as: "F"),
      .value("steps", .path, "Several steps, one after the other; or -", as: "FILE"),
      .repeated(
        "attach", .attachment, "A file whose address takes the place of a member of the input"),
      .value("id", .identifier, "The job's id; made up when not given"),
      .value("key", .identifier, "Makes a repetition harmless; wins over --id", as: "K"),
      .repeated("meta", .pair, "A label of your own"),
      .value("patience", .duration, "After this long the job is overdue"),
      .value("hold-expires", .duration, "After this long the hold is given back"),
      .flag("wait", "Wait for the verdict; exit 1 unless succeeded"),
    ],
    rules: [
      .exactlyOne(["provider", "steps"]), .exactlyOne(["input", "input-file", "steps"]),
      .atMostOne(["model", "steps"]),
    ],
    examples: [
      #"""
      ledger submit --provider replicate --model owner/name --account acme \
        --hold 5 --input '{"prompt":"a cat"}' --wait
      """#,
      "ledger submit --steps image-then-video.json --account acme --hold 5",
    ])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let key = arguments.string("key")
    var submission = Submission(
      id: arguments.string("id") ?? "",
      account: session.account(arguments.required("account")), provider: "",
      model: try arguments.word("model"), hold: try arguments.credits("hold") ?? .zero,
      meta: try arguments.meta(),
      patienceMilliseconds: try arguments.milliseconds("patience"),
      holdExpires: try arguments.milliseconds("hold-expires").map(Deadline.after))
    if let path = arguments.string("steps") {
      let plan = try StepsFile.read(session, path, hold: submission.hold)
      submission.provider = plan.steps[0].provider
      submission.model = plan.steps[0].model
      submission.plan = plan
    } else {
      submission.provider = try session.registry().profile(arguments.required("provider")).name
      submission.input = try input(arguments)
    }
    // Of a pipeline it is the first step that has files.
    let input = submission.input ?? submission.plan?.steps[0].input
    let files = try AttachedFiles.read(arguments, input: input ?? .null)
    submission.attachments = files.map(\.attachment)
    try session.makeHome()
    try session.read { snapshot in try AttachedFiles.requireStore(files, &snapshot) }
    if submission.id.isEmpty {
      submission.id = try session.id(forKey: key)
    }
    try AttachedFiles.keep(files, job: submission.id, home: session.home)
    let receipt = try session.write(.submit(submission), key: key)
    try session.answer(receipt, id: submission.id, account: submission.account)
    guard arguments.flag("wait") else {
      session.adviseToPoll()
      return .ok
    }
    session.output.flush()
    return try session.wait(for: submission.id)
  }

  private static func input(_ arguments: Arguments) throws(Failure) -> JSON {
    let bytes: [UInt8]
    if let path = arguments.string("input-file") {
      bytes = try InputFile.read(path, bytesMax: Limits.inputBytes, as: "--input-file")
    } else {
      bytes = Array(arguments.required("input").utf8)
    }
    do {
      return try JSON(parsing: bytes)
    } catch {
      throw .usage("the input is \(error)")
    }
  }
}
