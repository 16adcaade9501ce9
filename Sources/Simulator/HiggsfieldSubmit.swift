// What Higgsfield asks of a submit besides its body, and how it says no.
import Wire

/// The headers of a submit.
enum HiggsfieldSubmit {
  /// - Throws: the wrong member, for a 422.
  static func check(_ request: Request, _ input: JSON) throws(JobWish.Refused) -> JobWish {
    if let key = request.headers["idempotency-key"] {
      // 1 to 255 visible ASCII characters (documentation).
      guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
      else {
        throw JobWish.Refused(member: "Idempotency-Key", reason: "1 to 255 visible characters")
      }
    }
    if request.headers["hf-expires-after"] != nil, expiresAfter(request) == nil {
      throw JobWish.Refused(member: "Hf-Expires-After", reason: "should be at least 3600")
    }
    return try JobWish(in: input)
  }

  /// How long the request and what it made are kept; an hour at least.
  static func expiresAfter(_ request: Request) -> Double? {
    request.headers["hf-expires-after"].flatMap { Decimal.read($0, in: 3600...31_536_000) }
  }
}

extension Higgsfield {
  /// FastAPI: `{"detail": text}` or a list. Nothing says when to come again.
  func refuse(_ refusal: Refusal) -> Reply {
    func detail(_ status: Int, _ text: String) -> Reply {
      .json(status, ["detail": .string(text)])
    }
    switch refusal {
    case .unauthenticated: return detail(401, "Invalid credentials")
    case .insufficientCredit: return detail(403, "Not enough credits")
    case .notFound: return detail(404, "Request not found")
    case .tooLarge: return detail(413, "Request body too large")
    case .throttled(let seconds):
      let reply = detail(429, "Too many requests")
      return seconds.map { reply.adding("Retry-After", String($0)) } ?? reply
    case .unavailable(let status): return detail(status, "Service unavailable")
    case .invalid(let field, let reason):
      let place: [JSON] = field.isEmpty ? ["body"] : ["body", .string(field)]
      return .json(
        422, ["detail": [["loc": .array(place), "msg": .string(reason), "type": "value_error"]]])
    }
  }
}
