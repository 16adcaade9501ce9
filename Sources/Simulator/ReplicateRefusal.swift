// How Replicate says no: `application/problem+json` with title, detail and status, as recorded and
// as in its OpenAPI file; 429 alone has no title (quoted in its own issue tracker).
import Wire

extension Replicate {
  func refuse(_ refusal: Refusal) -> Reply {
    switch refusal {
    case .unauthenticated:
      return problem(401, "Unauthenticated", "You did not pass a valid authentication token")
    case .insufficientCredit:
      return problem(
        402, "Insufficient credit", "You have insufficient credit to run this model.")
    case .notFound:
      return problem(404, "Not found", "The requested resource could not be found.")
    case .tooLarge:
      return problem(413, "Payload too large", "The request body is too large.")
    case .unavailable(let status):
      return problem(status, "Service unavailable", "The service is temporarily unavailable.")
    case .invalid(let field, let reason):
      let fields: JSON = [["field": .string(field), "description": .string(reason)]]
      let body = problemBody(422, "Input validation failed", "- \(reason)\n")
      return Reply.json(422, adding("invalid_fields", fields, to: body), type: Self.problemType)
    case .throttled(let seconds):
      let body: JSON = ["detail": "Request was throttled.", "status": 429]
      guard let seconds else { return Reply.json(429, body) }
      let detail = "Request was throttled. Your rate limit resets in ~\(seconds)s."
      let timed: JSON = [
        "detail": .string(detail), "status": 429, "retry_after": .int(seconds),
      ]
      return Reply.json(429, timed).adding("Retry-After", String(seconds))
    }
  }

  private static let problemType = "application/problem+json"

  private func problem(_ status: Int, _ title: String, _ detail: String) -> Reply {
    Reply.json(status, problemBody(status, title, detail), type: Self.problemType)
  }

  private func problemBody(_ status: Int, _ title: String, _ detail: String) -> JSON {
    ["title": .string(title), "detail": .string(detail), "status": .int(status)]
  }

  private func adding(_ name: String, _ value: JSON, to body: JSON) -> JSON {
    guard var object = body.object else { return body }
    object[name] = value
    return .object(object)
  }
}
