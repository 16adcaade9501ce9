// Answers that stand in for a provider's own: its refusals, and what a proxy, a broken server or a
// cut cable would say.

/// What is answered instead of processing a request.
enum FaultAnswer {
  /// - Returns: nil for the kinds that let the request be processed.
  static func instead(
    _ fault: Fault, _ provider: any ProviderModel, _ world: World
  ) -> Answer? {
    func refuse(_ refusal: Refusal) -> Answer { .reply(provider.refuse(refusal)) }
    func text(_ status: Int, _ text: String) -> Answer {
      .reply(Reply(status, type: "text/plain", text))
    }
    return switch fault.kind {
    case .unavailable: refuse(.unavailable(status: fault.status ?? 503))
    case .throttled: refuse(.throttled(retryAfterSeconds: fault.number.map { Int($0) }))
    case .throttledUntil: .reply(throttled(fault, provider, world))
    case .missing, .flapping: refuse(.notFound)
    case .unauthenticated: refuse(.unauthenticated)
    case .insufficientCredit: refuse(.insufficientCredit)
    case .forbidden: text(403, "Forbidden")
    case .conflict: text(409, "Conflict")
    case .gone: text(410, "Gone")
    case .html: .reply(page)
    case .empty: .reply(Reply(200, type: "application/json", body: []))
    case .redirect: .reply(redirect)
    case .notHTTP: .raw(Array("SSH-2.0-OpenSSH_9.2p1\r\n".utf8), resets: false)
    case .badChunk:
      .raw(Array((head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n").utf8), resets: false)
    case .dropBefore: .drop
    case .resetBefore: .raw([], resets: true)
    case .stall: .stalled
    default: nil
    }
  }

  /// Retry-After as a date (RFC 9110 §10.2.3), which most clients forget.
  private static func throttled(
    _ fault: Fault, _ provider: any ProviderModel, _ world: World
  ) -> Reply {
    let moment = world.now + Int64((fault.number ?? 5) * 1e6)
    return provider.refuse(.throttled(retryAfterSeconds: nil))
      .adding("Retry-After", HTTPDate.text(world.timestamp(moment)))
  }

  private static let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

  /// What a proxy says in place of the provider.
  private static let page = Reply(
    200, type: "text/html; charset=utf-8",
    "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>\n")

  /// To where a cloud tells its secrets: nobody should follow.
  private static let redirect = Reply(302, type: "text/plain", "")
    .adding("Location", "http://169.254.169.254/latest/meta-data/")
}
