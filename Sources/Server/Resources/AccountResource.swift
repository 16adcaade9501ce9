// GET /v1/accounts..., POST .../grants and .../adjustments.

import HTTPServer
import Ledger
import Wire

enum AccountResource {
  /// Lines of one statement.
  private static let linesMax = 10_000

  /// GET /v1/accounts
  static func list(_ call: Call) throws {
    let limit = try Query(call, ["limit"]).limit()
    call.later {
      let statuses = try call.read { try $0.accountStatuses() }
      let seen = statuses.filter { call.principal.sees(account: $0.id) }
      call.reply(["accounts": .array(seen.prefix(limit).map(\.json))])
    }
  }

  /// GET /v1/accounts/{account}
  static func get(_ call: Call) throws {
    let query = try Query(call, ["as_of"])
    let id = try call.account()
    let json = try call.read { snapshot -> JSON? in
      guard let position = try query.asOf(snapshot) else {
        return try snapshot.accountStatus(id)?.json
      }
      return try snapshot.accountStatus(id, asOf: position)?.balance
    }
    guard let json else { throw Problem.notFound("account \(id)") }
    call.reply(json)
  }

  /// GET /v1/accounts/{account}/statement
  static func statement(_ call: Call) throws {
    let query = try Query(call, ["since", "until"])
    let id = try call.account()
    let since = try query.time("since")
    let until = try query.time("until")
    call.later {
      let (lines, head) = try call.read { snapshot in
        (try self.lines(of: id, since: since, until: until, &snapshot), snapshot.head)
      }
      guard call.request.lists("text/csv", in: "Accept") else {
        return call.reply(["lines": .array(lines), "head": .int(head)])
      }
      call.reply(
        ServerReply(
          200,
          headers: [("Content-Type", "text/csv; charset=utf-8"), ("Cache-Control", "no-store")],
          body: csv(lines)))
    }
  }

  private static func lines(
    of id: String, since: Timestamp?, until: Timestamp?, _ snapshot: inout Snapshot
  ) throws -> [JSON] {
    guard let number = try snapshot.accountNumber(id) else {
      throw Problem.notFound("account \(id)")
    }
    let before = since.map { Timestamp(microseconds: $0.microseconds - 1) }
    let first = try before.map { try snapshot.position(at: $0) } ?? 0
    let last = try until.map { try snapshot.position(at: $0) } ?? snapshot.head
    func balance(_ entry: String, _ position: Position) throws -> JSON {
      try (snapshot.accountStatus(id, asOf: position) ?? .empty(id, asOf: position))
        .statementLine(entry)
    }
    var lines = [try balance("opening", min(first, last))]
    let page = try snapshot.statement(of: number, after: first, through: last, limit: linesMax)
    lines += page.lines.map { $0.json(account: id) }
    lines.append(try balance("closing", page.lines.count == linesMax ? page.last ?? last : last))
    return lines
  }

  private static func csv(_ lines: [JSON]) -> [UInt8] {
    let names = lines.first?.object?.members.map(\.name) ?? []
    var text = CSVRow.text(names) + "\r\n"
    for line in lines {
      let cells = names.map { name in line[name].map(cell) ?? "" }
      text += CSVRow.text(cells) + "\r\n"
    }
    return Array(text.utf8)
  }

  private static func cell(_ value: JSON) -> String {
    value.isNull ? "" : value.string ?? value.text
  }

  /// POST /v1/accounts/{account}/grants
  static func grant(_ call: Call) throws {
    let body = try call.body()
    try body.allowOnly(["credits", "expires", "priority", "reason", "key"])
    let id = try call.account()
    let grant = Grant(
      account: id, amount: try body.requiredCredits("credits"), expires: try deadline(body),
      priority: Int64(try body.integer("priority", in: -1_000_000...1_000_000) ?? 0),
      reason: try body.text("reason"))
    call.append(.grant(grant), key: try call.key(body)) { call.reply($0.granted(id)) }
  }

  private static func deadline(_ body: Body) throws(Problem) -> Deadline? {
    guard let text = try body.text("expires") else { return nil }
    if let length = Duration(compact: text) { return .after(UInt64(max(0, length.milliseconds))) }
    guard let time = Timestamp(text) else {
      throw .invalid("\"expires\" is no RFC 3339 time, date or length such as 90d")
    }
    return .at(time)
  }

  /// POST /v1/accounts/{account}/adjustments
  static func adjust(_ call: Call) throws {
    let body = try call.body()
    try body.allowOnly(["credits", "reason", "key"])
    let id = try call.account()
    let adjustment = Adjustment(
      account: id, amount: try body.requiredCredits("credits"),
      reason: try body.requiredText("reason"))
    call.append(.adjust(adjustment), key: try call.key(body)) { receipt in
      let account = try call.read { try $0.accountStatus(id, asOf: receipt.position) }
      call.reply(
        receipt.adjusted(
          id, by: adjustment.amount, available: account?.account.available ?? .zero))
    }
  }
}
