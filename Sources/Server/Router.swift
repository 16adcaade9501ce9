// From a request to its route, past the gate.

import HTTPServer
import Ledger

/// Hands requests to routes.
struct Router: Sendable {
  let service: Service
  /// By how many segments their paths have.
  private let routes: [[Route]]

  init(service: Service, routes: [Route]) {
    self.service = service
    let longest = routes.map(\.length).max() ?? 0
    self.routes = (0...longest).map { length in routes.filter { $0.length == length } }
  }

  func handle(_ request: ServerRequest, _ responder: Responder) {
    let crossOrigin = service.gate.crossOriginHeaders(request)
    var call = Call(
      request: request, service: service, principal: .nobody, values: [], responder: responder,
      extraHeaders: crossOrigin + Router.everywhere)
    do {
      try service.gate.checkHost(request)
      guard let segments = request.segments else {
        throw Problem.invalid("the path is not well encoded")
      }
      let candidates = segments.count < routes.count ? routes[segments.count] : []
      let method = request.method == "HEAD" ? "GET" : request.method
      guard let route = candidates.first(where: { $0.method == method && $0.fits(segments) })
      else {
        let named = Router.closest(candidates.filter { $0.fits(segments) })
        guard !named.isEmpty else { throw Problem.notFound("such address") }
        if method == "OPTIONS" { return preflight(call, named) }
        let methods = Router.methods(named)
        call = call.adding("Allow", methods)
        throw Problem(405, "method", "this address is for \(methods)", next: nil)
      }
      call.principal = try principal(of: request, route.access)
      call.values = route.values(segments)
      try service.gate.checkRate(request, call.principal)
      try Router.check(route.access, call.principal)
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
    let literal = routes.filter(\.isLiteral)
    return literal.isEmpty ? routes : literal
  }

  private static func methods(_ routes: [Route]) -> String {
    Set(routes.map(\.method) + ["OPTIONS"]).sorted().joined(separator: ", ")
  }
}
