// ledger forget, prune: free text is erased; chain and money stay.

import CommandLine
import Ledger
import Wire

enum Forget {
  static let declaration = Declaration(
    "forget", .operate, "Erase all free text of an account and of its jobs",
    details: """
      Inputs, metadata, messages, replies, output URLs. Events, amounts and proofs stay. Jobs that \
      were never sent are canceled; what jobs still at a provider bring later is kept until \
      the account is forgotten again. The reason stays. Backups made before keep what they hold.
      """,
    operands: [.required("ACCOUNT", .account, "whose")],
    options: [.required("reason", .text, "Why, kept in the log", as: "R")],
    examples: ["ledger forget acme --reason 'request 42 of the data protection officer'"])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let account = arguments.required("ACCOUNT")
    let report = try session.books().forget(
      account: account, reason: try arguments.reason(), actor: .cli, by: session.by)
    try AttachedFiles.remove(ofAccount: account, session)
    if session.output.settings.isJSON {
      var json = JSONObject([.init("account", .string(account))])
      json.append(report)
      session.output.json(.object(json))
      return .ok
    }
    session.output.line("\(account)  \(session.words(report))")
    for id in report.canceled { session.output.note("\(id) was never sent and is canceled") }
    if !report.open.isEmpty {
      session.output.note(
        "\(report.open.count) jobs are still at a provider; when they have ended, erase what they "
          + "bring")
      session.output.note("  try: \(session.command("status --account \(account)"))")
    }
    return .ok
  }
}

enum Prune {
  static let declaration = Declaration(
    "prune", .operate, "Erase the free text of jobs that ended long ago",
    details: "Whole jobs: those that ended and were not heard of since. Accounts keep theirs.",
    options: [.required("blobs-before", .time, "Not heard of since then", as: "T")],
    examples: ["ledger prune --blobs-before 90d"])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    guard let time = arguments.time("blobs-before", now: session.now) else { return .usage }
    let report = try session.books().prune(before: time, actor: .cli, by: session.by)
    if session.output.settings.isJSON {
      var json = JSONObject([.init("before", .string(time.description))])
      json.append(report)
      session.output.json(.object(json))
    } else {
      session.output.line(session.words(report))
    }
    return .ok
  }
}

extension JSONObject {
  fileprivate mutating func append(_ report: ErasureReport) {
    self["blobs"] = .int(report.blobs)
    self["bytes"] = .int(report.bytes)
    self["canceled"] = .array(report.canceled.map(JSON.string))
    self["open"] = .array(report.open.map(JSON.string))
    self["position"] = .int(report.position)
    self["repeated"] = .bool(report.isRepeated)
  }
}

extension Session {
  fileprivate func words(_ report: ErasureReport) -> String {
    report.isRepeated
      ? "nothing to erase (position \(report.position))"
      : "\(Human.count(report.blobs)) texts of \(Human.count(Int(report.bytes))) bytes erased "
        + "(position \(report.position))"
  }
}
