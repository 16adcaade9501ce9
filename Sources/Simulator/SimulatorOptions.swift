// What a user can choose about the simulated providers, and the bounds they keep.

/// How a simulator behaves; two runs with equal options and equal requests give equal answers.
package struct SimulatorOptions: Sendable {
  /// Port of 127.0.0.1; 0 lets the kernel choose.
  package var port: Int
  /// Decides ids, durations, outcomes and faults.
  package var seed: UInt64
  /// How long jobs last.
  package var pace: Pace
  /// How jobs end.
  package var outcomes: OutcomeShares
  /// What goes wrong on the way; the first one that strikes a request decides.
  package var faults: [Fault]
  /// Recorded replies to play before anything is simulated, in this order.
  package var recordings: [Recording]
  /// The only providers wanted; empty: all.
  package var providers: [String] = []
  /// Jobs that may run at once at a provider that bounds them; nil: any number.
  package var concurrency: Int?
  /// How long outputs can be fetched, in place of each provider's own time.
  package var outputLifeSeconds: Double?
  /// `whsec_...` that Standard Webhooks are signed with; nil: one that follows from the seed.
  package var webhookSecret: String?
  /// Seconds until a webhook is sent again, doubled each time; nil: each provider's own.
  package var webhookRetrySeconds: Double?
  /// Whether every port speaks https, with a certificate that `Simulator.authority` vouches for.
  package var usesTLS = false
  /// The incident to be told at `/_simulator/incident`; `Incident.options` makes it happen.
  package var incident: IncidentChoice?
  package var limits: SimulatorLimits

  package init(
    port: Int = 0, seed: UInt64 = 1, pace: Pace = Pace(), outcomes: OutcomeShares = OutcomeShares(),
    faults: [Fault] = [], recordings: [Recording] = [], limits: SimulatorLimits = SimulatorLimits()
  ) {
    self.port = port
    self.seed = seed
    self.pace = pace
    self.outcomes = outcomes
    self.faults = faults
    self.recordings = recordings
    self.limits = limits
  }
}

/// Bounds on what clients can make the simulator keep.
package struct SimulatorLimits: Sendable {
  /// One request's body, bytes; larger ones are answered 413.
  package var bodyBytes = 1 << 20
  /// Jobs kept; further submits are answered 503.
  package var jobs = 200_000
  /// Inputs kept, bytes in all; further submits are answered 503.
  package var inputBytes = 512 << 20
  /// Open connections; further ones are closed at once.
  package var connections = 2_000
  /// Distinct submits counted, and distinct requests whose repetitions fault dice tell apart.
  package var counted = 400_000

  package init() {}
}

/// How long jobs last, from submit to end.
package struct Pace: Sendable, Equatable {
  /// Seconds, 0 to 86,400.
  package let seconds: ClosedRange<Double>

  package init(seconds: ClosedRange<Double> = 2...6) { self.seconds = seconds }

  /// Reads `SECONDS` or `MIN-MAX`.
  /// - Throws: `SimulatorError.badOption`.
  package init(parsing text: String) throws(SimulatorError) {
    let bounds = text.split(separator: "-", omittingEmptySubsequences: false)
      .map { Decimal.read($0, in: 0...86_400) }
    guard (1...2).contains(bounds.count), let low = bounds[0], let high = bounds[bounds.count - 1],
      low <= high
    else {
      throw SimulatorError.badOption(
        part: text, reason: "no duration",
        grammar: "pace = SECONDS or MIN-MAX, 0 to 86400, e.g. 2-6 or 0.5")
    }
    seconds = low...high
  }
}

/// Plain decimal numbers in options: digits with at most one point; no sign, exponent, `inf` or
/// hex, all of which `Double(_:)` would take.
enum Decimal {
  static func read(_ text: some StringProtocol, in bounds: ClosedRange<Double>) -> Double? {
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }),
      let value = Double(String(text)), bounds.contains(value)
    else { return nil }
    return value
  }
}
