// GET /v1/events and /v1/jobs/{job}/events: pages, or a stream.

import HTTPServer
import Ledger
import Wire

enum EventsResource {
  /// Pages of the log looked at for one answer: a filter that fits little must not hold us up.
  private static let pagesMax = 64

  /// GET /v1/jobs/{job}/events
  static func ofJob(_ call: Call) throws {
    let query = try Query(call, ["after", "limit", "ticket"])
    let (number, id) = try call.read { snapshot in
      let job = try call.job(&snapshot)
      return (job.number, job.id)
    }
    let filter = EventFilter(job: id)
    guard isStream(call.request) else { return try page(call, query, filter) }
    try stream(call, query, filter, job: number)
  }

  /// GET /v1/events
  static func all(_ call: Call) throws {
    let query = try Query(call, ["after", "limit", "account", "type", "ticket"])
    var filter = EventFilter()
    if let account = try query.account() {
      guard call.principal.sees(account: account) else {
        throw Problem.notFound("account \(account)")
      }
      filter.selector.account = account
    }
    if let name = query.text("type") {
      guard let type = EventType.allCases.first(where: { $0.name == name }) else {
        throw Problem.invalid("\"\(name.prefix(64))\" is no type of event")
      }
      filter.types = [type]
    }
    guard isStream(call.request) else { return try page(call, query, filter) }
    try stream(call, query, filter, job: nil)
  }

  private static func isStream(_ request: ServerRequest) -> Bool {
    request.lists("text/event-stream", in: "Accept")
  }

  /// - Throws: `Problem` 410: the position is none of this log, so it is of another incarnation.
  static func checkCursor(_ position: Position, _ snapshot: borrowing Snapshot) throws {
    guard position <= snapshot.head else {
      throw Problem(
        410, "cursor_gone",
        "the log ends at \(snapshot.head): position \(position) was lost by a restore, or is none",
        next: "begin again without a cursor")
    }
  }

  // MARK: Pages

  private static func page(_ call: Call, _ query: Query, _ filter: EventFilter) throws {
    guard query.text("ticket") == nil else {
      throw Problem.invalid("a ticket opens a stream: ask with Accept: text/event-stream")
    }
    let after = try query.position("after") ?? 0
    let limit = try query.limit()
    call.later {
      let (events, next) = try call.read { snapshot in
        try checkCursor(after, snapshot)
        return try collect(call.principal, filter, after: after, limit: limit, &snapshot)
      }
      call.reply(["events": .array(events), "next_after": .int(next)])
    }
  }

  private static func collect(
    _ principal: Principal, _ filter: EventFilter, after: Position, limit: Int,
    _ snapshot: inout Snapshot
  ) throws -> (events: [JSON], next: Position) {
    var events: [JSON] = []
    var cursor = after
    for _ in 0..<pagesMax {
      let page = try snapshot.page(after: cursor, filter)
      for event in page.events {
        cursor = event.position
        let account = try snapshot.names(event).account
        guard principal.seesAll || account.map(principal.sees(account:)) ?? false else { continue }
        events.append(try snapshot.json(event))
        if events.count == limit { return (events, cursor) }
      }
      cursor = page.after
      if page.isAtEnd { break }
    }
    return (events, cursor)
  }

  // MARK: Streams

  /// Events that can follow a job's end without reopening anything.
  private static let afterwards: Set<EventType> = [
    .jobDelivered, .jobDeliveryFailed, .jobClientReported, .creditRefunded,
  ]

  private static func stream(
    _ call: Call, _ query: Query, _ filter: EventFilter, job: SubjectNumber?
  ) throws {
    let resumed = call.request.header("Last-Event-ID").flatMap { Position($0) }
    let cursor = try resumed ?? query.position("after")
    let (start, opening, isOver) = try call.read { snapshot -> (Position, [UInt8]?, Bool) in
      if let cursor {
        try checkCursor(cursor, snapshot)
        let isOver = try job.map { try isSettled($0, after: cursor, filter, &snapshot) } ?? false
        // Something at once, so that a client knows the stream is open and no proxy holds it back.
        return (cursor, isOver ? nil : Frame.heartbeat, isOver)
      }
      let isOver = try job.map { try isSettled($0, after: snapshot.head, filter, &snapshot) }
      let opening = try snapshotMessages(call, job, isOver: isOver ?? false, &snapshot)
      return (snapshot.head, opening, isOver ?? false)
    }
    // 204 tells EventSource not to come again (WHATWG HTML, section 9.2.3).
    guard let opening else { return call.reply(ServerReply(204)) }
    let head = ServerReply(
      200,
      headers: [
        ("Content-Type", "text/event-stream"), ("Cache-Control", "no-store, no-transform"),
        // Tells a buffering proxy (nginx) to pass on what there is.
        ("X-Accel-Buffering", "no"),
      ] + call.extraHeaders)
    call.responder.stream(head) { waking in
      EventStream(
        call.service, call.principal, job: job, filter: filter, after: start, opening: opening,
        isOver: isOver, waking)
    }
  }

  /// The first message: how things stand at the head; and the last at once, if the job has ended.
  private static func snapshotMessages(
    _ call: Call, _ job: SubjectNumber?, isOver: Bool, _ snapshot: inout Snapshot
  ) throws -> [UInt8] {
    let head = snapshot.head
    guard let job else {
      let summary = try BoardSummary(of: call.principal, &snapshot)
      return Frame.message("snapshot", id: head, data: summary.json)
    }
    let status = try snapshot.status(job, now: call.now)?.json ?? .null
    let message = Frame.message("snapshot", id: head, data: status)
    return isOver ? message + Frame.message("end", id: head, data: status) : message
  }

  /// Whether nothing of a job is left to be told after `position`.
  private static func isSettled(
    _ number: SubjectNumber, after position: Position, _ filter: EventFilter,
    _ snapshot: inout Snapshot
  ) throws -> Bool {
    guard let job = try snapshot.job(number), job.state.isTerminal, !job.isSaving else {
      return false
    }
    return try snapshot.page(after: position, filter).events.allSatisfy {
      afterwards.contains($0.event.type)
    }
  }
}
