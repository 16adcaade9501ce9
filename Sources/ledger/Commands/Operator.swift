// ledger check, cancel, unpark: what an operator asks of a job, or of many; each is an event.

import CommandLine
import Ledger

enum Check {
  static let declaration = Declaration(
    "check", .operate, "Have the poller look at a job now",
    details: "With a selector: at every open job that it means and that is not parked.",
    operands: Bulk.operands,
    options: [.value("reason", .text, "Why, kept in the log", as: "R")] + Bulk.options,
    selector: true, rules: Bulk.rules,
    examples: ["ledger check demo-1", "ledger check --provider replicate --state overdue --yes"])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let command = JobCommand.check(reason: try arguments.reason())
    defer { session.adviseToPoll() }
    if try Bulk.isMeant(by: arguments) {
      let states = JobState.allCases.filter { $0 != .none && $0 != .parked && !$0.isTerminal }
      return try Bulk(verb: "check", command: command, states: states, session: session)
        .run(arguments)
    }
    let id = arguments.required("JOB")
    let receipt = try session.write(.job(id, command))
    return try session.answer(receipt, job: id, done: "to be looked at now")
  }
}

enum Cancel {
  static let declaration = Declaration(
    "cancel", .operate, "Cancel a job",
    details: """
      A job never sent is canceled at once. Else the provider is asked to cancel, and its word \
      decides: asked for is not canceled. With a selector: every open job that it means.
      """,
    operands: Bulk.operands,
    options: [.value("reason", .text, "Why, kept in the log", as: "R")] + Bulk.options,
    selector: true, rules: Bulk.rules,
    examples: [
      "ledger cancel demo-1 --reason 'changed my mind'",
      "ledger cancel --account acme --state submitted --dry-run",
    ])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let command = JobCommand.cancel(reason: try arguments.reason())
    if try Bulk.isMeant(by: arguments) {
      let states = JobState.allCases.filter { $0 != .none && !$0.isTerminal }
      return try Bulk(verb: "cancel", command: command, states: states, session: session)
        .run(arguments)
    }
    let id = arguments.required("JOB")
    let receipt = try session.write(.job(id, command))
    let isDone = receipt.events.contains { $0.event.type == .jobCanceled }
    return try session.answer(
      receipt, job: id, done: isDone ? "never sent" : "cancel requested")
  }
}

enum Unpark {
  static let declaration = Declaration(
    "unpark", .operate, "Let a parked job go on",
    operands: [.required("JOB", .identifier, "the job")],
    options: [.value("reason", .text, "Why, kept in the log", as: "R")],
    examples: ["ledger unpark demo-1 --reason 'profile mended'"])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let id = arguments.required("JOB")
    let receipt = try session.write(.job(id, .unpark(reason: try arguments.reason())))
    return try session.answer(receipt, job: id, done: "goes on")
  }
}
