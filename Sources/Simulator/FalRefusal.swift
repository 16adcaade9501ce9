// How fal says no, in its two shapes: a request's error is one text with a type, a model's is a
// list of `{loc,msg,type}` (https://docs.fal.ai/model-apis/errors).
import Wire

extension Fal {
  func refuse(_ refusal: Refusal) -> Reply {
    switch refusal {
    case .unauthenticated:
      return Reply.json(
        401, ["detail": "Cannot access application. Authentication is required."])
    case .insufficientCredit:
      return Reply.json(
        403,
        ["detail": "User is locked. Reason: Exhausted balance. Top up your balance."])
    case .notFound: return Reply.json(404, ["detail": "Path not found"])
    case .tooLarge: return Reply.json(413, ["detail": "Request body too large"])
    case .throttled(let seconds):
      let reply = Reply.json(429, ["detail": "Too many requests"])
      return seconds.map { reply.adding("Retry-After", String($0)) } ?? reply
    case .invalid(let field, let reason):
      let place: [JSON] = field.isEmpty ? ["body"] : ["body", .string(field)]
      return Reply.json(
        422, ["detail": [["loc": .array(place), "msg": .string(reason), "type": "value_error"]]])
    case .unavailable(let status):
      let type =
        switch status {
        case 502: "runner_incomplete_response"
        case 503: "runner_scheduling_failure"
        case 504: "startup_timeout"
        default: "internal_error"
        }
      return requestError(status, type, "The request could not be processed")
    }
  }

  func requestError(_ status: Int, _ type: String, _ text: String) -> Reply {
    Reply.json(status, ["detail": .string(text), "error_type": .string(type)])
      .adding("X-Fal-Error-Type", type)
  }
}
