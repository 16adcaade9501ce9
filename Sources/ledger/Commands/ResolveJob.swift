// ledger resolve: an operator's verdict.

import CommandLine
import Ledger

enum ResolveJob {
  static let declaration = Declaration(
    "resolve", .operate, "Decide what became of an open job",
    details: """
      As succeeded the hold is charged, as failed it is given back. The provider's own late word \
      is still recorded: a success after \"failed\" is a late success, a failure after \
      \"succeeded\" moves no money. What has ended already is corrected with refund.
      """,
    operands: [.required("JOB", .identifier, "the job")],
    options: [
      .required("as", .choice(["succeeded", "failed"]), "What it became"),
      .required("reason", .text, "Why, kept in the log", as: "R"),
      .value("key", .identifier, "Makes a repetition harmless", as: "K"),
    ],
    examples: [
      "ledger resolve demo-1 --as failed --reason 'not on their list'",
      "ledger resolve demo-1 --as succeeded --reason 'customer has the file'",
    ])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let id = arguments.required("JOB")
    let word = arguments.required("as")
    guard let resolution = Resolution(name: word) else { return .usage }
    let receipt = try session.write(
      .job(id, .resolve(resolution, reason: try arguments.reason())),
      key: arguments.string("key"))
    return try session.answer(receipt, job: id, done: "resolved as \(word)")
  }
}
