// Refusals as RFC 9457 says them: what was wrong, and what to do next.

import HTTPServer
import Ledger
import Wire

/// A request that is not done, and why.
struct Problem: Error {
  let status: Int
  /// The command line's word for it.
  let code: String
  let detail: String
  var next: String?
  var retryAfterSeconds: Int?
  var challenge: String?

  init(
    _ status: Int, _ code: String, _ detail: String, next: String? = nil,
    retryAfterSeconds: Int? = nil, challenge: String? = nil
  ) {
    self.status = status
    self.code = code
    self.detail = detail
    self.next = next
    self.retryAfterSeconds = retryAfterSeconds
    self.challenge = challenge
  }

  static func invalid(_ detail: String) -> Problem {
    Problem(400, "usage", detail, next: "GET /openapi.json")
  }

  /// Also for what belongs to somebody else: nobody learns what exists.
  static func notFound(_ what: String) -> Problem {
    Problem(404, "not_found", "there is no \(what)", next: nil)
  }

  /// Any error of the books, as a client may know it.
  init(_ error: any Error) {
    switch error {
    case let problem as Problem: self = problem
    case let refusal as Refusal: self.init(refusal)
    case let error as BooksError: self.init(error)
    default: self.init(BooksError(error))
    }
  }

  private init(_ refusal: Refusal) {
    let status =
      switch refusal.code {
      // A key that was used for something else is 422, an id or state in the way is 409
      // (draft-ietf-httpapi-idempotency-key-header, section 2.7).
      case .conflict: refusal.isAboutKey ? 422 : 409
      case .insufficientCredits: 402
      case .notFound: 404
      case .notAllowed: 403
      case .invalid: 400
      case .configuration: 409
      }
    self.init(
      status, refusal.code.rawValue, refusal.message,
      next: refusal.next.isEmpty ? nil : refusal.next)
  }

  private init(_ error: BooksError) {
    switch error {
    case .full, .busy:
      self.init(503, "busy", error.description, next: "ask again", retryAfterSeconds: 5)
    case .notInitialised:
      self.init(503, "no_home", error.description, next: "ledger init", retryAfterSeconds: 5)
    // What the disk or we did wrong is for the operator's eyes, not for a client's.
    default:
      self.init(500, "io", "the books cannot be read or written", next: "ledger verify")
    }
  }

  var reply: ServerReply {
    let body: JSON = [
      "type": .string("urn:ledger:problem:\(code)"), "title": .string(HTTPStatus.name(status)),
      "status": .int(status), "detail": .string(detail), "code": .string(code),
      "next": .text(next),
    ]
    var reply = ServerReply(
      status,
      headers: [("Content-Type", "application/problem+json"), ("Cache-Control", "no-store")],
      body: body.bytes)
    if let retryAfterSeconds { reply = reply.adding("Retry-After", "\(retryAfterSeconds)") }
    if let challenge { reply = reply.adding("WWW-Authenticate", challenge) }
    return reply
  }
}

/// Status codes by name (RFC 9110 §15, RFC 6585).
enum HTTPStatus {
  static func name(_ status: Int) -> String {
    switch status {
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 402: "Payment Required"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 406: "Not Acceptable"
    case 409: "Conflict"
    case 410: "Gone"
    case 413: "Content Too Large"
    case 415: "Unsupported Media Type"
    case 421: "Misdirected Request"
    case 422: "Unprocessable Content"
    case 429: "Too Many Requests"
    case 503: "Service Unavailable"
    default: status < 500 ? "Bad Request" : "Internal Server Error"
    }
  }
}
