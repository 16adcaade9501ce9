// GET /v1/jobs, /v1/jobs/summary, /v1/jobs/{job} and its timeline.

import HTTPServer
import Ledger
import Wire

enum JobResource {
  /// How soon a client should look again at an open job, seconds.
  private static let retryAfterSeconds = 5

  /// GET /v1/jobs/{job}
  static func get(_ call: Call) throws {
    let query = try Query(call, ["as_of"])
    if query.text("as_of") != nil { return try past(call, query) }
    guard let seconds = waitSeconds(call.request) else { return try answer(call) }
    let (number, last) = try call.read { snapshot in
      let number = try call.job(&snapshot).number
      return (number, try snapshot.subject(number)?.last ?? 0)
    }
    let known = knownPosition(call.request)
    guard known == nil || known == last else { return try answer(call) }
    _ = JobWait(call, job: number, knows: last, seconds: seconds)
  }

  /// The job as it is; 304 when it is what the client knows.
  static func answer(_ call: Call) throws {
    let now = call.now
    let known = knownPosition(call.request)
    let (job, status) = try call.read { snapshot in
      let (number, job, id) = try call.job(&snapshot)
      if known == job.last { return (job, nil as JobStatus?) }
      guard let status = try snapshot.status(number, now: now) else {
        throw Problem.notFound("job \(id)")
      }
      return (job, status)
    }
    var headers = [(name: "ETag", value: "\"\(job.last)\"")]
    if !job.state.isTerminal { headers.append(("Retry-After", "\(retryAfterSeconds)")) }
    guard let status else { return call.reply(ServerReply(304, headers: headers)) }
    call.reply(status.json, headers: headers)
  }

  private static func past(_ call: Call, _ query: Query) throws {
    let now = call.now
    let status = try call.read { snapshot -> JobStatus? in
      let number = try call.job(&snapshot).number
      guard let position = try query.asOf(snapshot) else { return nil }
      return try snapshot.status(number, asOf: position, now: now)
    }
    guard let status else { throw Problem.notFound("job \(call.part("job")) then") }
    call.reply(status.json, headers: [("ETag", "\"\(status.position)\"")])
  }

  /// The position in If-None-Match, weak or strong.
  private static func knownPosition(_ request: ServerRequest) -> Position? {
    request.header("If-None-Match").flatMap { text in
      let bare = text.hasPrefix("W/") ? text.dropFirst(2) : text[...]
      guard bare.hasPrefix("\""), bare.hasSuffix("\""), bare.count > 2 else { return nil }
      return Position(bare.dropFirst().dropLast())
    }
  }

  /// `Prefer: wait=25` (RFC 7240, section 4.3).
  private static func waitSeconds(_ request: ServerRequest) -> Double? {
    for field in request.headers where field.name.isSameToken(as: "Prefer") {
      for preference in field.value.split(separator: ",") {
        let parts = preference.filter { $0 != " " }.split(separator: "=")
        if parts.count == 2, parts[0].lowercased() == "wait", let seconds = UInt32(parts[1]) {
          return Double(seconds)
        }
      }
    }
    return nil
  }

  /// GET /v1/jobs
  static func list(_ call: Call) throws {
    let query = try Query(
      call, Query.selectorNames + ["before", "after", "as_of", "summary"])
    if try query.flag("summary") { return try board(call) }
    var selector = try query.selector()
    let limit = try query.limit()
    let before = try query.position("before")
    let after = try query.position("after")
    if let account = selector.account, !call.principal.sees(account: account) {
      throw Problem.notFound("account \(account)")
    }
    selector.limit = nil
    call.later { [selector] in
      let now = call.now
      let page = try call.read { snapshot in
        if let after { try EventsResource.checkCursor(after, snapshot) }
        let asOf = try query.asOf(snapshot)
        return try JobPage(
          selector, call.principal, before: before, after: after ?? 0, asOf: asOf, limit: limit,
          now: now, &snapshot)
      }
      call.reply(page.json)
    }
  }

  /// GET /v1/jobs?summary=true: `status --summary`, and what a board shows besides.
  private static func board(_ call: Call) throws {
    _ = try Query(call, ["summary"])
    call.later {
      let home = call.service.books.home
      let summary = try call.read { try BoardSummary(of: call.principal, &$0).json }
      guard var object = summary.object else { return }
      object["poller"] = ["active": .bool(home.isPollerActive)]
      call.reply(.object(object))
    }
  }

  /// GET /v1/jobs/{job}/timeline
  static func timeline(_ call: Call) throws {
    _ = try Query(call, [])
    let timeline = try call.read { try $0.timeline(call.job(&$0).id) }
    call.reply(["rows": .array(timeline?.rows.map(\.json) ?? [])])
  }
}
