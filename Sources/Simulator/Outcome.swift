// How a simulated job ends, and how often.

/// The end of a job, in words shared by all providers; each renders it in its own.
package enum Outcome: String, Sendable, CaseIterable {
  case succeeded, failed, canceled, aborted, moderated
}

/// Which share of the jobs ends how; what is left succeeds.
package struct OutcomeShares: Sendable, Equatable {
  static let grammar = """
    outcomes = OUTCOME:SHARE[,OUTCOME:SHARE ...], e.g. failed:0.1,aborted:0.02
    OUTCOME  = succeeded | failed | canceled | aborted | moderated
    SHARE    = 0 to 1, 1 in all at most; what is left succeeds
    """

  /// Shares from 0 to 1 of the outcomes named, in the order named.
  private let shares: [(outcome: Outcome, share: Double)]

  package init() { shares = [] }

  /// Reads e.g. `failed:0.1,aborted:0.02`.
  /// - Throws: `SimulatorError.badOption` that names the wrong part.
  package init(parsing text: String) throws(SimulatorError) {
    var shares: [(outcome: Outcome, share: Double)] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      func refuse(_ reason: String) -> SimulatorError {
        .badOption(part: String(part), reason: reason, grammar: OutcomeShares.grammar)
      }
      let fields = part.split(separator: ":", omittingEmptySubsequences: false)
      guard fields.count == 2 else { throw refuse("expected OUTCOME:SHARE") }
      guard let outcome = Outcome(rawValue: String(fields[0])) else {
        throw refuse("no outcome is called \"\(fields[0])\"")
      }
      guard let share = Decimal.read(fields[1], in: 0...1) else {
        throw refuse("the share is not a number from 0 to 1")
      }
      guard !shares.contains(where: { $0.outcome == outcome }) else {
        throw refuse("named twice")
      }
      shares.append((outcome, share))
    }
    guard shares.reduce(0, { $0 + $1.share }) <= 1 + 1e-9 else {
      throw SimulatorError.badOption(
        part: text, reason: "more than 1 in all", grammar: OutcomeShares.grammar)
    }
    self.shares = shares
  }

  /// The outcome at a place between 0 and 1.
  func outcome(at place: Double) -> Outcome {
    var place = place
    for (outcome, share) in shares {
      if place < share { return outcome }
      place -= share
    }
    return .succeeded
  }

  package static func == (left: OutcomeShares, right: OutcomeShares) -> Bool {
    left.shares.elementsEqual(right.shares) { $0.outcome == $1.outcome && $0.share == $1.share }
  }
}
