// An invoice held against what we sent: which line is whose, what is on one side only, and what
// differs. Pure: lines and calls in, entries out.

package import Wire

/// What is to be compared, and how.
package struct ReconciliationTerms: Sendable {
  /// Lines without an id are joined with calls at most this far apart, unless it is said otherwise.
  package static let windowSeconds = 600.0

  /// How far apart the times of a line and a call may be where no id joins them, seconds.
  package var windowSeconds = ReconciliationTerms.windowSeconds
  /// The time that the invoice covers; by default from its first line to its last.
  package var since: Timestamp?
  package var until: Timestamp?
  /// Credits for one of the provider's unit. Without it nothing is said of amounts.
  package var rate: Credits?
  /// Short names of models and what they stand for.
  package var modelAliases: [String: String] = [:]
  /// Classes of failure that the provider bills.
  package var billedFailures: Set<FailureClass> = []

  package init() {}
}

/// What comes of a line, or of a call without one.
package enum ReconciliationClass: String, Sendable, CaseIterable {
  case matched
  /// We sent it and it should be billed; no line says so, and nobody paid for it.
  case oursOnly = "ours_only"
  /// A line that no job has.
  case theirsOnly = "theirs_only"
  /// The line says another amount than the provider's reply did, or than the app took.
  case amountsDiffer = "amounts_differ"
  /// The provider bills it and nobody paid for it.
  case billedWithoutCapture = "billed_without_capture"
  /// Somebody paid for it and no line bills it.
  case capturedNotBilled = "captured_not_billed"

  package var isFinding: Bool { self != .matched }
}

/// A line, or several of one call and unit, with whose they are.
package struct ReconciliationEntry: Sendable {
  package let kind: ReconciliationClass
  /// Indices into the invoice's lines; empty: a call without one.
  package let lines: [Int]
  /// Index into the calls; nil: lines of nobody.
  package let call: Int?
  package let certainty: Certainty?
  /// What the lines bill together.
  package let quantity: Quantity
  package let unit: String?
  /// The call's credits as they count here: of several entries of one call the first has them.
  package let credits: Quantity
  /// What `quantity` should have come to, in credits; nil where nothing says so.
  package let expected: Credits?
}

/// An invoice against the calls.
package struct Reconciliation: Sendable {
  package let lines: [InvoiceLine]
  package let calls: [Call]
  /// Findings and matches: by line, then the calls without one.
  package private(set) var entries: [ReconciliationEntry] = []
  /// What the invoice is taken to cover; nil where nothing says so.
  package let period: ClosedRange<Timestamp>?

  package init(_ invoice: Invoice, _ calls: [Call], _ terms: ReconciliationTerms) {
    // A line outside the time that is asked about is not looked at.
    let lines = invoice.lines.filter { line in
      guard let time = line.billedAt else { return true }
      return terms.since.map { time >= $0 } ?? true && terms.until.map { time <= $0 } ?? true
    }
    self.lines = lines
    self.calls = calls
    let start = terms.since ?? invoice.period?.lowerBound
    let end = terms.until ?? invoice.period?.upperBound
    period = start.flatMap { start in
      end.flatMap { $0 >= start ? start...$0 : nil }
    }
    let match = LineMatch(lines, calls, terms)
    var billed: Set<Int> = []
    for group in match.groups {
      guard let call = group.call else {
        add(.theirsOnly, group, nil, terms)
        continue
      }
      let kind = judge(call, group, match.units[call] == 1, terms)
      add(kind, group, billed.insert(call).inserted ? call : nil, terms)
    }
    for index in calls.indices where !billed.contains(index) {
      guard isMissed(calls[index], terms) else { continue }
      entries.append(
        ReconciliationEntry(
          kind: calls[index].isPaid ? .capturedNotBilled : .oursOnly, lines: [], call: index,
          certainty: nil, quantity: .zero, unit: nil, credits: calls[index].income,
          expected: nil))
    }
  }

  /// - Parameter first: the call whose credits count here.
  private mutating func add(
    _ kind: ReconciliationClass, _ group: LineMatch.Group, _ first: Int?,
    _ terms: ReconciliationTerms
  ) {
    entries.append(
      ReconciliationEntry(
        kind: kind, lines: group.lines, call: group.call, certainty: group.certainty,
        quantity: group.quantity, unit: group.unit,
        credits: first.map { calls[$0].income } ?? .zero,
        expected: kind == .amountsDiffer ? group.call.flatMap { calls[$0].expected } : nil))
  }

  private func judge(
    _ index: Int, _ group: LineMatch.Group, _ isOneUnit: Bool, _ terms: ReconciliationTerms
  ) -> ReconciliationClass {
    let call = calls[index]
    if group.quantity > .zero, call.hold > .zero, !call.isPaid { return .billedWithoutCapture }
    // Nothing is known of the exchange of units but what the user says.
    if let rate = terms.rate, isOneUnit, let expected = call.expected,
      group.quantity.credits(at: rate) != expected
    {
      return .amountsDiffer
    }
    return .matched
  }

  /// Whether a line is missing: the call ran within the invoice's time, and such are billed.
  private func isMissed(_ call: Call, _ terms: ReconciliationTerms) -> Bool {
    guard let period, let sent = call.sent, let ended = call.ended, !call.isUndated,
      sent >= period.lowerBound, ended <= period.upperBound
    else { return false }
    return call.state == .succeeded || call.failure.map(terms.billedFailures.contains) ?? false
      || call.isPaid
  }

  /// Leaves only what is about jobs that are meant; lines of nobody are about none.
  package mutating func keep(_ isMeant: (SubjectNumber) throws -> Bool) rethrows {
    entries = try entries.filter { try $0.call.map { try isMeant(calls[$0].number) } ?? false }
  }

  /// How many entries there are of a class.
  package func count(_ kind: ReconciliationClass) -> Int { entries.count { $0.kind == kind } }

  package var findings: Int { entries.count { $0.kind.isFinding } }
}

extension Call {
  /// What came in for it, here and in the app's own books.
  var income: Quantity { Quantity(kept) + Quantity(charged ?? .zero) }

  /// What the provider said it costs, else what the app took for it.
  var expected: Credits? { price ?? charged }
}

extension Quantity {
  /// Credits as a number: sums of them over everything may be more than credits can say.
  package init(_ credits: Credits) { self.init(trillionths: Int128(credits.micros) * 1_000_000) }
}
