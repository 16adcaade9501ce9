// A provider's limits and its bill, as far as our policy needs them.

package import Ledger

/// Bounds and rhythms; times in seconds.
package struct ProfileLimits: Sendable, Equatable {
  /// The rhythm of polls.
  package struct Poll: Sendable, Equatable {
    package var startSeconds = 2.0
    package var maxSeconds = 30.0
    /// Each interval is the one before × this.
    package var factor = 1.5
    /// Share of an interval that chance may add or take, 0...1.
    package var jitter = 0.2
    /// Between polls once our patience has ended.
    package var slowSeconds = 300.0
  }

  /// Requests at once to this provider.
  package var inFlight = 10
  /// From `dispatched` until a job is overdue.
  package var patienceSeconds = 3600
  /// How long the provider remembers a job.
  package var retentionSeconds = 86_400
  /// How long an output can be downloaded; nil when not known.
  package var outputLifeSeconds: Int?
  package var poll = Poll()

  /// The limits of a profile that names none.
  package init() {}
}

/// What the provider charges and what of it the customer pays.
package struct BillingRule: Sendable, Equatable {
  /// What success costs the customer.
  package enum Charge: Sendable, Equatable {
    /// The hold.
    case full
    /// What the reply reports × `rate`, capped by the hold.
    case reported(PointerList, rate: DecimalText)
  }

  /// Whether the provider bills a verdict of some class.
  package enum Hint: String, Sendable, CaseIterable {
    case charged
    case notCharged = "not_charged"
    case unknown
  }

  package var charge = Charge.full
  /// Classes of failure or cancellation that the customer pays for.
  package var chargeCustomer: Set<FailureClass> = []
  /// Whether a pipeline's completed steps are paid for when a later one fails.
  package var chargeCompletedSteps = false
  /// The provider's own bill by class; what is not named is unknown.
  package var providerCharges: [FailureClass: Hint] = [:]
}
