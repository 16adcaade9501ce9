// What can go wrong between a client and a provider, and when it does.

import Wire

/// One fault of `--fault`.
package struct Fault: Sendable, Equatable {
  package let kind: FaultKind
  /// The status of kind `unavailable`: 408 or 500 to 599.
  package let status: Int?
  /// Which requests it can strike; nil for all but the simulator's own.
  package let phase: Phase?
  /// Probability, 0 to 1.
  package let chance: Double
  /// The kind's own number (`FaultKind.argument`).
  package let number: Double?
  /// How often it strikes in all; nil: without end.
  package let times: Int?

  package init(
    _ kind: FaultKind, status: Int? = nil, phase: Phase? = nil, chance: Double = 1,
    number: Double? = nil, times: Int? = nil
  ) {
    self.kind = kind
    self.status = status
    self.phase = phase
    self.chance = chance
    self.number = number
    self.times = times
  }

  /// Its name in the counts: the first word of its specification.
  var name: String { status.map(String.init) ?? kind.rawValue }

  /// Whether it strikes a request of this phase, about a job of this age, whose dice are given.
  func strikes(_ phase: Phase, jobAgeSeconds: Double?, dice: inout SplitMix64) -> Bool {
    // Thrown first: a fault's dice must not depend on what the other faults are limited to.
    let throwing = dice.unit()
    guard !kind.isOfCertificate, self.phase == nil ? phase != .webhook : self.phase == phase
    else { return false }
    if let only = kind.onlyPhases, !only.contains(phase) { return false }
    if kind == .missing {
      guard let jobAgeSeconds, let number else { return false }
      return jobAgeSeconds < number
    }
    return throwing < chance
  }
}
