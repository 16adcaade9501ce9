// What can go wrong between a client and a provider, and when it does.

/// One fault of `--fault`.
package struct Fault: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    /// The request is not processed; the answer is 408 or 500 to 599.
    case unavailable(status: Int, chance: Double)
    /// The request is not processed; 429, with Retry-After if given.
    case throttled(chance: Double, retryAfterSeconds: Int?)
    /// The connection is closed before the request is processed.
    case dropBefore(chance: Double)
    /// The request is processed, then the connection is closed without an answer.
    case dropAfter(chance: Double)
    /// The request is processed, its answer comes later.
    case delay(chance: Double, seconds: Double)
    /// A job's status and cancel answer 404 for its first seconds.
    case missing(seconds: Double)
    /// The request is not processed; 200 with an HTML page, as from a proxy in front.
    case html(chance: Double)
    /// 401, whatever the token.
    case unauthenticated(chance: Double)
    /// 402: the provider's own credit is used up.
    case insufficientCredit(chance: Double)
  }

  /// Which requests it can strike; nil for all but the simulator's own.
  package let phase: Phase?
  package let kind: Kind

  package init(_ kind: Kind, phase: Phase? = nil) {
    self.kind = kind
    self.phase = phase
  }

  /// Its name in the counts: the first word of its specification.
  var name: String {
    switch kind {
    case .unavailable(let status, _): String(status)
    case .throttled: "429"
    case .dropBefore: "drop-before"
    case .dropAfter: "drop-after"
    case .delay: "delay"
    case .missing: "404"
    case .html: "html"
    case .unauthenticated: "401"
    case .insufficientCredit: "402"
    }
  }

  private var chance: Double {
    switch kind {
    case .unavailable(_, let chance), .throttled(let chance, _), .dropBefore(let chance),
      .dropAfter(let chance), .delay(let chance, _), .html(let chance),
      .unauthenticated(let chance), .insufficientCredit(let chance):
      chance
    case .missing: 1
    }
  }

  /// Whether it strikes a request of this phase, about a job of this age, whose dice are given.
  func strikes(_ phase: Phase, jobAgeSeconds: Double?, dice: inout SplitMix64) -> Bool {
    // Thrown first: a fault's dice must not depend on what the other faults are limited to.
    let throwing = dice.unit()
    guard self.phase == nil || self.phase == phase else { return false }
    if case .missing(let seconds) = kind {
      guard phase == .status || phase == .cancel, let jobAgeSeconds else { return false }
      return jobAgeSeconds < seconds
    }
    return throwing < chance
  }
}
