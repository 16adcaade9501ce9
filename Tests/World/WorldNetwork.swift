// The poller's network in a simulated world: packets that arrive, are lost on the way there or on
// the way back, and connections that die with their process.

import HTTP
import HTTPServer
import Poller
import Posix
import Simulator

/// Carries requests to providers that are not there.
final class WorldNetwork: Network {
  /// What the line does to one request.
  private enum Fate: Int, CaseIterable {
    case carried
    /// No connection: nothing was sent.
    case unconnected
    /// Lost on the way there, and nobody can know.
    case lost
    /// Processed; the answer is lost.
    case unanswered
  }

  private struct Exchange {
    let tag: UInt64
    let request: HTTPRequest
    let fate: Fate
    let startedAt: Int64
    let arrivesAt: Int64
    /// Nil until it arrived.
    var pending: OfflineExchange?
    var lookAt: Int64
  }

  let waker: Waker
  /// Asked once a turn, before time moves.
  var turn: () throws -> Void = {}
  /// When something is to be done that no packet brings, microseconds since the beginning.
  var nextCall: () -> Int64? = { nil }
  /// What `turn` threw: the world has failed.
  private(set) var failure: (any Error)?
  /// The process is dead: nothing leaves any more, and what comes finds nobody.
  var isDead = false
  /// Lines are quiet.
  var isCalm = false
  private let choices: Choices
  private let clock: WorldClock
  private let providers: OfflineProviders
  private var exchanges: [Exchange] = []

  init(_ choices: Choices, _ clock: WorldClock, _ providers: OfflineProviders) throws {
    self.choices = choices
    self.clock = clock
    self.providers = providers
    waker = try Waker()
  }

  var hasCapacity: Bool { true }

  /// Nobody else writes: whatever happens in this world happens in a turn.
  func watch(file path: String) -> Bool { true }
  func unwatch() {}

  func cancel(tag: UInt64) { exchanges.removeAll { $0.tag == tag } }

  func start(_ request: HTTPRequest, tag: UInt64, into sink: (any BodySink)?) {
    guard !isDead else { return }
    let fates = Fate.allCases
    let fate = !isCalm && choices.happens(onceIn: 12) ? choices.pick(fates) : .carried
    let now = clock.elapsed
    let arrivesAt = now + 1000 + Int64(choices.below(4)) * 20_000
    exchanges.append(
      Exchange(
        tag: tag, request: request, fate: fate, startedAt: now, arrivesAt: arrivesAt,
        lookAt: arrivesAt))
  }

  /// What is on the line when the process dies may arrive all the same.
  func die() {
    isDead = true
    for index in exchanges.indices
    where exchanges[index].pending == nil && exchanges[index].fate != .unconnected {
      if choices.below(2) == 0 { _ = arrive(exchanges[index].request) }
    }
    exchanges = []
  }

  func wait(timeoutMilliseconds: Int) -> [Multi.Completion] {
    guard failure == nil else { return [] }
    do {
      try turn()
    } catch {
      failure = error
      return []
    }
    let now = clock.elapsed
    let found = collect()
    if !found.isEmpty || timeoutMilliseconds == 0 || isDead { return found }
    let end = now + Int64(timeoutMilliseconds) * 1000
    // Nobody counts the seconds in which nothing happens.
    let quiet = exchanges.isEmpty ? nextCall() : nil
    let next = exchanges.map(\.lookAt).min() ?? max(end, quiet ?? end)
    clock.advance(to: max(now + 1, exchanges.isEmpty ? next : min(next, end)))
    return collect()
  }

  private func collect() -> [Multi.Completion] {
    let now = clock.elapsed
    var completions: [Multi.Completion] = []
    for var exchange in exchanges where exchange.lookAt <= now {
      exchanges.removeAll { $0.tag == exchange.tag }
      if let result = look(&exchange, now) {
        completions.append(Multi.Completion(tag: exchange.tag, result: result))
      } else {
        exchanges.append(exchange)
      }
    }
    return completions
  }

  /// Nil while it is under way.
  private func look(_ exchange: inout Exchange, _ now: Int64) -> Result<HTTPResponse, HTTPError>? {
    let endsAt =
      exchange.startedAt + Int64(exchange.request.totalTimeoutSeconds * 1e6)
    func failed(
      _ kind: HTTPError.Kind, _ text: String, status: Int? = nil, nothingWasSent: Bool = false
    ) -> Result<HTTPResponse, HTTPError> {
      .failure(
        HTTPError(
          kind, text, nothingWasSent: nothingWasSent, status: status,
          latencyMicroseconds: now - exchange.startedAt))
    }
    switch exchange.fate {
    case .unconnected: return failed(.connect, "no connection", nothingWasSent: true)
    case .lost: return failed(.reset, "connection reset")
    case .carried, .unanswered: break
    }
    if exchange.pending == nil {
      guard let pending = arrive(exchange.request) else {
        return failed(.resolve, "no such host", nothingWasSent: true)
      }
      exchange.pending = pending
    }
    if exchange.fate == .unanswered { return failed(.reset, "connection reset") }
    switch exchange.pending!.look(bytesMax: exchange.request.maxResponseBytes) {
    case .wait(let moment):
      guard now < endsAt else { return failed(.timeout, "timed out") }
      exchange.lookAt = max(now + 1, min(moment, endsAt))
      return nil
    case .reply(let status, let headers, let body):
      return .success(
        HTTPResponse(
          status: status, headers: HTTPHeaders(headers.map { ($0.name, $0.value) }), body: body,
          latencyMicroseconds: now - exchange.startedAt))
    case .broken(let status): return failed(.incompleteReply, "the reply broke off", status: status)
    case .tooLong(let status): return failed(.responseTooLarge, "too long", status: status)
    case .closed: return failed(.reset, "closed without a reply")
    case .garbage: return failed(.malformedReply, "no HTTP")
    }
  }

  private func arrive(_ request: HTTPRequest) -> OfflineExchange? {
    // http: // host / path
    let parts = request.url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    return providers.take(
      ServerRequest(
        method: request.method.rawValue, target: "/" + parts[3],
        headers: request.headers.map { (name: $0.name, value: $0.value) },
        body: request.body ?? []),
      at: "\(parts[0])//\(parts[2])")
  }
}
