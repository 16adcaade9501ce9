// ledger check, cancel, unpark: what an operator asks of one job; each is an event.

import CommandLine
import Ledger

enum Check {
  static let declaration = Declaration(
    "check", .operate, "Have the poller look at a job now",
    operands: [.required("JOB", .identifier, "the job")],
    options: [.value("reason", .text, "Why, kept in the log", as: "R")],
    examples: ["ledger check demo-1"])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let id = arguments.required("JOB")
    let receipt = try session.write(.job(id, .check(reason: try arguments.reason())))
    let code = try session.answer(receipt, job: id, done: "to be looked at now")
    session.adviseToPoll()
    return code
  }
}

enum Cancel {
  static let declaration = Declaration(
    "cancel", .operate, "Cancel a job",
    details: """
      A job never sent is canceled at once. Else the provider is asked to cancel, and its word \
      decides: asked for is not canceled.
      """,
    operands: [.required("JOB", .identifier, "the job")],
    options: [.value("reason", .text, "Why, kept in the log", as: "R")],
    examples: ["ledger cancel demo-1 --reason 'changed my mind'"])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let id = arguments.required("JOB")
    let receipt = try session.write(.job(id, .cancel(reason: try arguments.reason())))
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
