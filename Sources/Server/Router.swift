// From a request to its route, past the gate.

import HTTPServer
import Ledger

/// Hands requests to routes.
struct Router: Sendable {
  let service: Service
  let routes: [Route]

  func handle(_ request: ServerRequest, _ responder: Responder) {
    let crossOrigin = service.gate.crossOriginHeaders(request)
    var call = Call(
      request: request, service: service, principal: .nobody, values: [:], responder: responder,
      extraHeaders: crossOrigin + Router.everywhere)
    do {
      try service.gate.checkHost(request)
      guard let segments = request.segments else {
        throw Problem.invalid("the path is not well encoded")
      }
      let candidates = routes.compactMap { route in route.match(segments).map { (route, $0) } }
      guard !candidates.isEmpty else { throw Problem.notFound("such address") }
      let named = Router.closest(candidates.map(\.0))
      if request.method == "OPTIONS" { return preflight(call, named) }
      let method = request.method == "HEAD" ? "GET" : request.method
      guard let (route, values) = candidates.first(where: { $0.0.method == method }) else {
        let methods = Router.methods(named)
        call = call.adding("Allow", methods)
        throw Problem(405, "method", "this address is for \(methods)", next: nil)
      }
      let principal = try principal(of: request, route.access)
      call = Call(
        request: request, service: service, principal: principal, values: values,
        responder: responder, extraHeaders: call.extraHeaders)
      try service.gate.checkRate(request, principal)
      try Router.check(route.access, principal)
      try route.handler(call)
    } catch {
      call.fail(error)
    }
  }

  /// What needs no proof looks at none: a provider's webhook may carry one of its own. Whoever
  /// brings a wrong one has asked all the same.
  private func principal(
    of request: ServerRequest, _ access: Route.Access
  ) throws(Problem) -> Principal {
    if case .open = access { return .nobody }
    do {
      return try service.gate.principal(of: request)
    } catch {
      try service.gate.checkRate(request, .nobody)
      throw error
    }
  }

  /// What every reply carries: nothing of ours is to be guessed at, framed or kept.
  private static let everywhere: [(name: String, value: String)] = [
    ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
  ]

  private static func check(_ access: Route.Access, _ principal: Principal) throws(Problem) {
    guard case .open = access else {
      guard principal != .nobody else {
        throw Problem(
          401, "unauthorized", "a token is needed", next: "ledger token create",
          challenge: "Bearer")
      }
      if case .scope(let scope) = access, !principal.scopes.contains(scope) {
        throw Problem(
          403, "not_allowed", "the token lacks the scope \(scope.rawValue)",
          next: "ledger token create --scope \(scope.rawValue)")
      }
      return
    }
  }

  /// CORS-preflight (Fetch, section 3.2.2).
  private func preflight(_ call: Call, _ routes: [Route]) {
    call.reply(
      ServerReply(
        204,
        headers: [
          ("Allow", Router.methods(routes)),
          ("Access-Control-Allow-Methods", Router.methods(routes)),
          (
            "Access-Control-Allow-Headers",
            "Authorization, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID, Prefer"
          ), ("Access-Control-Max-Age", "600"),
        ]))
  }

  /// Of routes that fit one path, those that name it: `/v1/jobs/track` before `/v1/jobs/{job}`.
  private static func closest(_ routes: [Route]) -> [Route] {
    let literal = routes.filter { !$0.pattern.contains("{") }
    return literal.isEmpty ? routes : literal
  }

  private static func methods(_ routes: [Route]) -> String {
    Set(routes.map(\.method) + ["OPTIONS"]).sorted().joined(separator: ", ")
  }
}
