// POST /v1/jobs/{job}/...: what can be done to a job, and what is said about it.

import HTTPServer
import Ledger
import Wire

enum JobActions {
  /// Reports kept of one job: a browser that reconnects for a day must not fill the log.
  static let reportsMax = 100

  static func check(_ call: Call) throws {
    try simple(call) { .check(reason: $0) }
  }

  static func cancel(_ call: Call) throws {
    try simple(call) { .cancel(reason: $0) }
  }

  static func unpark(_ call: Call) throws {
    try simple(call) { .unpark(reason: $0) }
  }

  private static func simple(_ call: Call, _ command: (String?) -> JobCommand) throws {
    let body = try call.body()
    try body.allowOnly(["reason"])
    try append(call, body, command(try body.text("reason")))
  }

  static func resolve(_ call: Call) throws {
    let body = try call.body()
    try body.allowOnly(["as", "reason"])
    guard let resolution = Resolution(name: try body.requiredText("as")) else {
      throw Problem.invalid("\"as\" is \"succeeded\" or \"failed\"")
    }
    try append(call, body, .resolve(resolution, reason: try body.requiredText("reason")))
  }

  static func delivered(_ call: Call) throws {
    let body = try call.body()
    try body.allowOnly(["channel", "consumer", "through"])
    let through = try body.integer("through", in: 1...(1 << 53) - 1).map { Position($0) }
    guard let channel = Channel(name: try body.text("channel") ?? "http"),
      [.http, .sse].contains(channel)
    else { throw Problem.invalid("\"channel\" is \"http\" or \"sse\"") }
    let consumer = try body.text("consumer") ?? call.principal.name
    guard !consumer.isEmpty else { throw Problem.invalid("\"consumer\" is empty") }
    // A client that is not sure says it again: once is enough.
    let said = "\(call.part("job")) \(channel.name) \(through ?? 0) \(consumer)"
    try append(
      call, body, .deliver(Delivery(channel: channel, consumer: consumer, through: through)),
      key: "delivered-\(SHA256.digest(Array(said.utf8)))")
  }

  static func report(_ call: Call) throws {
    let body = try call.body()
    try body.allowOnly(["kind", "report"])
    let kind = try body.requiredText("kind")
    guard let first = kind.utf8.first, (0x61...0x7A).contains(first), kind.utf8.count <= 64,
      kind.utf8.allSatisfy({
        (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
      })
    else { throw Problem.invalid("\"kind\" is a word of a-z, 0-9 and _, beginning with a letter") }
    let words = body.value("report")
    guard words == nil || words?.object != nil, words?.bytes.count ?? 0 <= 8 << 10 else {
      throw Problem.invalid("\"report\" is an object of at most 8 KiB")
    }
    let count = try call.read { snapshot in
      let job = try call.job(&snapshot)
      return try snapshot.page(
        after: 0, EventFilter(job: job.id, types: [.jobClientReported])
      ).events.count
    }
    guard count < reportsMax else {
      throw Problem(429, "too_many_reports", "\(reportsMax) reports of this job are kept already")
    }
    try append(call, body, .report(ClientReport(kind: kind, words: words)))
  }

  private static func append(
    _ call: Call, _ body: Body, _ command: JobCommand, key: String? = nil
  ) throws {
    let id = try call.requireJob()
    call.append(.job(id, command), key: try call.key(body) ?? key) { receipt in
      let state = try call.read { try call.job(&$0).job.state }
      call.reply(receipt.job(id, state: state))
    }
  }

  static func refund(_ call: Call) throws {
    let body = try call.body()
    try body.allowOnly(["credits", "reason", "key"])
    let (id, account) = try call.read { snapshot in
      let job = try call.job(&snapshot)
      return (job.id, try snapshot.subject(job.job.account)?.name.id ?? "")
    }
    let refund = Refund(
      job: id, amount: try body.credits("credits"), reason: try body.requiredText("reason"))
    call.append(.refund(refund), key: try call.key(body)) { receipt in
      call.reply(receipt.refunded(id, account: account))
    }
  }
}
