// Who is let in: hosts and origins, tokens, cookies and tickets, and how often one may ask.

import HTTPServer
import Ledger
import Posix
import Synchronization
import Wire

/// Decides about a request before any route sees it.
final class Gatekeeper: Sendable {
  /// A cookie's or ticket's owner until it ends.
  private struct Pass {
    let principal: Principal
    /// The token's digest: a pass ends with its token.
    let token: Digest?
    let endsAt: Timestamp
  }

  private struct State {
    /// By digest.
    var tokens: [Digest: AccessToken] = [:]
    var stamp: FileStatus?
    var lookedAt = Timestamp(microseconds: 0)
    var sessions: [Digest: Pass] = [:]
    var tickets: [Digest: Pass] = [:]
    var buckets: [String: TokenBucket] = [:]
  }

  static let cookieName = "ledger_session"
  static let ticketSeconds = 30.0
  static let sessionSeconds = 12 * 3600.0
  /// Passes and callers remembered at once.
  private static let rememberedMax = 100_000
  /// How old the knowledge of config.json may be, seconds.
  private static let freshSeconds = 1.0

  private let home: Home
  private let options: ServerOptions
  private let isLoopback: Bool
  /// What we are called where nobody needs a token.
  private let ownHosts: [String]
  private let state: Mutex<State>

  init(_ home: Home, _ options: ServerOptions, isLoopback: Bool) throws {
    self.home = home
    self.options = options
    self.isLoopback = isLoopback
    ownHosts =
      ["localhost", "127.0.0.1", "[::1]"]
      + [options.publicURL.flatMap(Gatekeeper.name(ofOrigin:))].compactMap(\.self)
    state = Mutex(State())
    try state.withLock { try refresh(&$0, options.clock()) }
  }

  /// Whether anybody at this machine is let in without a token.
  var isOpen: Bool {
    guard isLoopback else { return false }
    return state.withLock { state in
      try? refresh(&state, options.clock())
      return state.tokens.isEmpty
    }
  }

  // MARK: Who asks

  /// - Throws: `Problem` 401 when a proof was given that is none, 403 for a foreign origin.
  func principal(of request: ServerRequest) throws(Problem) -> Principal {
    let now = options.clock()
    if let text = bearer(request) {
      guard let principal = principal(ofToken: text, now)?.principal else {
        throw Gatekeeper.unknownToken
      }
      return principal
    }
    if request.method == "GET", request.lists("text/event-stream", in: "Accept"),
      let ticket = request.argument("ticket")
    {
      guard let principal = use(ticket: ticket, now) else {
        throw Problem(
          401, "unauthorized",
          "this ticket was used, or its \(Int(Gatekeeper.ticketSeconds)) "
            + "seconds are over", next: "POST /v1/stream-tickets")
      }
      return principal
    }
    if let cookie = Gatekeeper.cookie(request), let principal = session(cookie, now) {
      try requireSameOrigin(request)
      return principal
    }
    guard isOpen else { return .nobody }
    try requireSameOrigin(request)
    return .local
  }

  private static var unknownToken: Problem {
    Problem(
      401, "unauthorized", "this token is not known, or it has ended",
      next: "ledger token create", challenge: "Bearer error=\"invalid_token\"")
  }

  private func bearer(_ request: ServerRequest) -> String? {
    guard let field = request.header("Authorization") else { return nil }
    let parts = field.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { return "" }
    return String(parts[1])
  }

  private func principal(
    ofToken text: String, _ now: Timestamp
  ) -> (principal: Principal, token: Digest)? {
    let digest = AccessToken.digest(of: text)
    return state.withLock { state in
      try? refresh(&state, now)
      // Digests are compared, not secrets: how long it takes tells nothing of the text.
      guard let token = state.tokens[digest], token.isValid(at: now) else { return nil }
      return (Principal(token), digest)
    }
  }

  /// Reads config.json again when it changed; one that cannot be read leaves what was known.
  private func refresh(_ state: inout State, _ now: Timestamp) throws {
    guard abs(now.seconds(since: state.lookedAt)) >= Gatekeeper.freshSeconds else { return }
    state.lookedAt = now
    let stamp = try FileSystem.status(home.configuration)
    guard stamp != state.stamp || stamp == nil else { return }
    let tokens = try Configuration.read(home).tokens
    state.tokens = Dictionary(tokens.map { ($0.digest, $0) }) { first, _ in first }
    state.stamp = stamp
  }

  // MARK: Cookies and tickets

  /// Exchanges a token for a cookie's text.
  /// - Throws: `Problem` 401.
  func openSession(token: String) throws(Problem) -> (cookie: String, principal: Principal) {
    let now = options.clock()
    guard let (principal, digest) = principal(ofToken: token, now) else {
      throw Gatekeeper.unknownToken
    }
    let pass = Pass(
      principal: principal, token: digest, endsAt: now.advanced(seconds: Gatekeeper.sessionSeconds))
    return (keep(pass, in: \.sessions, now), principal)
  }

  func closeSession(_ request: ServerRequest) {
    guard let cookie = Gatekeeper.cookie(request) else { return }
    state.withLock { _ = $0.sessions.removeValue(forKey: AccessToken.digest(of: cookie)) }
  }

  /// A ticket for one stream.
  func makeTicket(for principal: Principal) -> (ticket: String, endsAt: Timestamp) {
    let now = options.clock()
    let end = now.advanced(seconds: Gatekeeper.ticketSeconds)
    let pass = Pass(principal: principal, token: principal.token, endsAt: end)
    return (keep(pass, in: \.tickets, now), end)
  }

  private func keep(
    _ pass: Pass, in place: any WritableKeyPath<State, [Digest: Pass]> & Sendable, _ now: Timestamp
  ) -> String {
    let text = AccessToken.makeText()
    state.withLock { state in
      if state[keyPath: place].count >= Gatekeeper.rememberedMax {
        state[keyPath: place] = state[keyPath: place].filter { $0.value.endsAt > now }
      }
      if state[keyPath: place].count < Gatekeeper.rememberedMax {
        state[keyPath: place][AccessToken.digest(of: text)] = pass
      }
    }
    return text
  }

  private func use(ticket: String, _ now: Timestamp) -> Principal? {
    state.withLock { state in
      try? refresh(&state, now)
      guard let pass = state.tickets.removeValue(forKey: AccessToken.digest(of: ticket)),
        now < pass.endsAt
      else { return nil }
      if pass.principal == .local { return state.tokens.isEmpty ? .local : nil }
      // A token that was revoked takes its tickets with it.
      guard let token = pass.token.flatMap({ state.tokens[$0] }), token.isValid(at: now) else {
        return nil
      }
      return Principal(token)
    }
  }

  private func session(_ cookie: String, _ now: Timestamp) -> Principal? {
    state.withLock { state in
      try? refresh(&state, now)
      guard let pass = state.sessions[AccessToken.digest(of: cookie)], now < pass.endsAt else {
        return nil
      }
      // A token that was revoked takes its sessions with it.
      guard let token = pass.token.flatMap({ state.tokens[$0] }), token.isValid(at: now) else {
        return nil
      }
      return Principal(token)
    }
  }

  private static func cookie(_ request: ServerRequest) -> String? {
    guard let cookies = request.header("Cookie") else { return nil }
    for pair in cookies.split(separator: ";") {
      let parts = pair.split(separator: "=", maxSplits: 1)
      if parts.count == 2, parts[0].filter({ $0 != " " }) == cookieName { return String(parts[1]) }
    }
    return nil
  }

  // MARK: Where from

  /// Without a token the name that a browser was told must be ours, or any page on the web could
  /// have its own name lead here (DNS rebinding).
  /// - Throws: `Problem` 421.
  func checkHost(_ request: ServerRequest) throws(Problem) {
    guard isOpen else { return }
    guard ownHosts.contains(Gatekeeper.name(ofHost: request.header("Host") ?? "")) else {
      throw Problem(
        421, "host", "this server is not called that",
        next: "ledger serve --public-url, or ask 127.0.0.1")
    }
  }

  /// What a browser sends along by itself (a cookie, a place on this machine) counts only for pages
  /// of our own.
  private func requireSameOrigin(_ request: ServerRequest) throws(Problem) {
    guard let origin = request.header("Origin") else { return }
    let host = request.header("Host") ?? ""
    let isOwn = origin == "http://\(host)" || origin == "https://\(host)"
    guard isOwn || options.allowedOrigins.contains(origin) else {
      throw Problem(
        403, "origin", "pages of this origin may not ask here", next: "ledger serve --allow-origin")
    }
  }

  /// What a page of another origin is told (Fetch, section 3.2); empty for all others.
  func crossOriginHeaders(_ request: ServerRequest) -> [(name: String, value: String)] {
    guard !options.allowedOrigins.isEmpty else { return [] }
    let vary = (name: "Vary", value: "Origin")
    guard let origin = request.header("Origin"), options.allowedOrigins.contains(origin) else {
      return [vary]
    }
    return [
      vary, ("Access-Control-Allow-Origin", origin),
      ("Access-Control-Allow-Credentials", "true"),
      ("Access-Control-Expose-Headers", "ETag, Location, Retry-After"),
    ]
  }

  private static func name(ofHost host: String) -> String {
    let bytes = host.utf8
    let end =
      bytes.last == UInt8(ascii: "]")
      ? bytes.endIndex : bytes.lastIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
    return host[..<end].lowercased()
  }

  private static func name(ofOrigin origin: String) -> String? {
    let parts = origin.split(separator: "/")
    return parts.count >= 2 ? name(ofHost: String(parts[1])) : nil
  }

  // MARK: How often

  /// - Throws: `Problem` 429.
  func checkRate(_ request: ServerRequest, _ principal: Principal) throws(Problem) {
    guard options.requestsPerSecond > 0 else { return }
    let caller = principal == .nobody || principal == .local ? request.client : principal.name
    let wait = state.withLock { state in
      // In here, or of two threads the later may have the earlier time.
      let now = options.clock()
      if state.buckets.count >= Gatekeeper.rememberedMax { state.buckets = [:] }
      return state.buckets[caller, default: TokenBucket(perSecond: options.requestsPerSecond, now)]
        .take(now)
    }
    guard wait > 0 else { return }
    throw Problem(
      429, "rate_limited", "more than \(options.requestsPerSecond) requests a second",
      next: "wait", retryAfterSeconds: max(1, Int(wait.rounded(.up))))
  }
}
