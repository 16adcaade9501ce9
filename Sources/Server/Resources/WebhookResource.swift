// POST /v1/webhooks/{provider}: a provider's own word. 2xx only once it is durable; 4xx only for
// what can never be valid, because some providers never send again what was refused so; else 503.

import HTTPServer
import Ledger
import Posix
import Providers
import Wire

enum WebhookResource {
  static func take(_ call: Call) throws {
    let name = call.part("provider")
    guard let profile = call.service.profiles(name), profile.webhook != nil else {
      throw Problem(
        404, "unknown_provider", "no profile of that name takes webhooks",
        next: "ledger provider list")
    }
    guard !call.request.isCut else {
      throw Problem(
        413, "too_large", "the body is longer than \(call.service.options.bounds.bodyBytes) bytes")
    }
    let query = call.request.target.split(separator: "?", maxSplits: 1)
    let url = query.count == 2 ? call.request.target : nil
    call.later {
      let check: SignatureCheck
      do {
        check = try SignatureCheck(
          profile, in: call.service.books.home, now: call.now,
          environment: { Machine.environment($0) })
      } catch {
        call.service.note("\(profile.name): \(error)")
        throw Problem(
          503, "configuration", "the secrets that sign this provider's webhooks cannot be read",
          next: "ledger doctor", retryAfterSeconds: 60)
      }
      let message = WebhookMessage(
        headers: call.request.headers.map { .init($0.name, $0.value) }, body: call.request.body)
      let result = try WebhookIngest(call.service.books, profile, check).take(message, url: url)
      answer(call, result)
    }
  }

  private static func answer(_ call: Call, _ result: WebhookIngest.Result) {
    // A sender is told no more than it must know.
    guard result.outcome == .rejected else {
      var body: JSON = ["outcome": .string(result.outcome.rawValue)]
      if let challenge = result.challenge { body = ["challenge": .string(challenge)] }
      return call.reply(body)
    }
    let reason = result.reason ?? "it cannot be read"
    switch result.rejection {
    case .signature, .stale:
      call.fail(Problem(401, "signature", reason, challenge: "Signature"))
    case .tooLarge: call.fail(Problem(413, "too_large", reason))
    default: call.fail(Problem(400, "malformed", reason))
    }
  }
}
