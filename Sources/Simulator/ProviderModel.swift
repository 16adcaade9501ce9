// The seam between the simulator and one provider: a table of routes and the provider's way of
// saying no. A new provider is one conforming type and one line in `Engine.providers`.

/// What a request is for; faults can be limited to one.
package enum Phase: String, Sendable, CaseIterable {
  case submit, status, cancel, list, output
}

/// A refusal that every provider words in its own way.
enum Refusal: Sendable {
  case unauthenticated
  case insufficientCredit
  case notFound
  case invalid(field: String, reason: String)
  case tooLarge
  case throttled(retryAfterSeconds: Int?)
  /// A failure of the provider's own: 408 or 500 to 599.
  case unavailable(status: Int)
}

/// One simulated provider.
protocol ProviderModel: Sendable {
  var name: String { get }
  var routes: [Route] { get }
  /// The first segment of all its paths, for unknown ones.
  var root: String { get }
  /// What the provider takes for one job: two submits with equal identities ask for the same work.
  func identity(of submit: Request) -> String
  func refuse(_ refusal: Refusal) -> Reply
  /// Whether the provider bills the time a job worked that ended so.
  func bills(_ outcome: Outcome) -> Bool
  /// The provider's own word for a state.
  func word(for state: SimulatedJob.State) -> String
}

/// One route of a provider.
struct Route: Sendable {
  typealias Handler = @Sendable (Request, [Substring], inout World) -> Answer

  let method: String
  /// e.g. `/v1/predictions/{id}`.
  let pattern: String
  let phase: Phase
  /// Called with the request and what stood in the pattern's braces, in order.
  let handler: Handler
  private let segments: [Substring]

  init(_ method: String, _ pattern: String, _ phase: Phase, handler: @escaping Handler) {
    self.method = method
    self.pattern = pattern
    self.phase = phase
    self.handler = handler
    segments = pattern.dropFirst().split(separator: "/")
  }

  /// What stands in the braces; nil when the request is not for this route.
  func match(_ request: Request) -> [Substring]? {
    guard request.method == method, request.segments.count == segments.count else { return nil }
    var captures: [Substring] = []
    for (part, segment) in zip(request.segments, segments) {
      if segment.first == "{" {
        guard !part.isEmpty else { return nil }
        captures.append(part)
      } else if part != segment {
        return nil
      }
    }
    return captures
  }
}
