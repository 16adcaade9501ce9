// A request on its way through a route: its parts read strictly, its answer given once.

import HTTPServer
import Ledger
import Wire

/// One request with all that a handler needs.
struct Call: Sendable {
  /// A JSON body: a job's input and what surrounds it, bytes.
  private static let bodyBytesMax = Limits.inputBytes + (64 << 10)

  let request: ServerRequest
  let service: Service
  /// Nobody until the gate knows better.
  var principal: Principal
  /// What stood in the route's braces.
  var values: [(name: String, value: String)]
  let responder: Responder
  /// Header fields that every reply to this request carries.
  private(set) var extraHeaders: [(name: String, value: String)]

  var now: Timestamp { service.now }

  /// With another header field in its reply.
  func adding(_ name: String, _ value: String) -> Call {
    var call = self
    call.extraHeaders.append((name, value))
    return call
  }

  // MARK: Answers

  func reply(_ reply: ServerReply) {
    var reply = reply
    reply.headers += extraHeaders
    responder.send(reply)
  }

  func reply(_ json: JSON, status: Int = 200, headers: [(name: String, value: String)] = []) {
    reply(
      ServerReply(
        status,
        headers: [("Content-Type", "application/json"), ("Cache-Control", "no-store")] + headers,
        body: json.bytes))
  }

  func fail(_ error: any Error) {
    let problem = Problem(error)
    if problem.status >= 500, problem.status != 503 { service.note("\(error)") }
    reply(problem.reply)
  }

  // MARK: Work

  func read<Value>(_ body: (inout Snapshot) throws -> Value) throws -> Value {
    try service.books.read(body)
  }

  /// Does what takes long on a thread that may take its time.
  func later(_ body: @escaping @Sendable () throws -> Void) {
    let isTaken = service.background.add {
      do { try body() } catch { fail(error) }
    }
    if !isTaken {
      fail(Problem(503, "busy", "too many long answers are under way", retryAfterSeconds: 2))
    }
  }

  /// Gives a command to the books and answers when it is durable.
  func append(
    _ action: Action, key: String? = nil, then answer: @escaping @Sendable (Receipt) throws -> Void
  ) {
    let command = Command(
      action, actor: .api, by: principal.name, key: key, trace: request.header("Traceparent"))
    service.writer.append(command) { result in
      do { try answer(try result.get()) } catch { fail(error) }
    }
  }

  // MARK: Parts of the request

  /// What stood in the braces of this name.
  func part(_ name: String) -> String { values.first { $0.name == name }?.value ?? "" }

  /// The job in the path, if this principal may know of it.
  /// - Throws: `Problem` 404.
  func job(_ snapshot: inout Snapshot) throws -> (number: SubjectNumber, job: Job, id: String) {
    let id = part("job")
    guard let number = try snapshot.jobNumber(id), let job = try snapshot.job(number),
      let account = try snapshot.subject(job.account)?.name.id, principal.sees(account: account)
    else { throw Problem.notFound("job \(id)") }
    return (number, job, id)
  }

  /// Refuses, when the job is not this principal's.
  func requireJob() throws -> String { try read { try job(&$0).id } }

  /// The account in the path.
  /// - Throws: `Problem` 404 when it is not this principal's.
  func account() throws -> String {
    let id = part("account")
    guard principal.sees(account: id) else { throw Problem.notFound("account \(id)") }
    return id
  }

  /// The idempotency key: the body's `key`, else the header, quoted or bare.
  func key(_ body: Body) throws(Problem) -> String? {
    guard var key = request.header("Idempotency-Key") else { return try body.text("key") }
    if key.hasPrefix("\""), key.hasSuffix("\""), key.count >= 2 {
      key = String(key.dropFirst().dropLast())
    }
    guard JobID.isValid(key) else {
      throw .invalid("the header Idempotency-Key is no key of at most \(Limits.idBytes) characters")
    }
    return try body.text("key") ?? key
  }

  /// The JSON body; an empty one is an empty object.
  /// - Throws: `Problem` 413, 415, 400.
  func body() throws(Problem) -> Body {
    guard !request.isCut, request.body.count <= Call.bodyBytesMax else {
      throw Problem(
        413, "too_large", "the body is longer than \(Call.bodyBytesMax) bytes",
        next: "hand large inputs over by URL")
    }
    guard !request.body.isEmpty else { return Body(JSONObject()) }
    let type = request.header("Content-Type")?.split(separator: ";").first ?? ""
    guard type.filter({ $0 != " " }).lowercased() == "application/json" else {
      throw Problem(415, "media_type", "the body must be application/json")
    }
    do {
      guard let object = try JSON(parsing: request.body).object else {
        throw Problem.invalid("the body is no JSON object")
      }
      return Body(object)
    } catch let problem as Problem {
      throw problem
    } catch {
      throw Problem.invalid("the body is \(error)")
    }
  }
}
