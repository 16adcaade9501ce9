// What came in beside what the provider bills, by model and unit. The provider's unit stays its
// own; only where the user says what it is worth is there a margin in credits.

/// A model's sums in one unit.
package struct Margin: Sendable, Equatable {
  /// Nil: neither the job nor the line names one.
  package let model: String?
  package let unit: String
  /// Jobs, or steps of them, that lines are for; lines of nobody are counted by line.
  package internal(set) var calls = 0
  /// Lines of nobody among them.
  package internal(set) var unknown = 0
  /// What the lines bill.
  package internal(set) var quantity = Quantity.zero
  /// Credits captured and not refunded, and what apps took in their own books.
  package internal(set) var income = Quantity.zero
  /// `quantity` in credits; nil without a rate.
  package internal(set) var cost: Quantity?

  /// Credits left over; nil without a rate.
  package var margin: Quantity? {
    cost.map { Quantity(trillionths: income.trillionths - $0.trillionths) }
  }
}

extension Reconciliation {
  /// The margin of each model and unit that lines name, by model.
  package func margins(rate: Credits?) -> [Margin] {
    struct Key: Hashable {
      let model: String
      let unit: String
    }
    var sums: [Key: Margin] = [:]
    for entry in entries {
      guard let unit = entry.unit, let first = entry.lines.first else { continue }
      let model = entry.call.flatMap { calls[$0].model } ?? lines[first].model
      let key = Key(model: model ?? "", unit: unit)
      var sum = sums[key] ?? Margin(model: model, unit: unit)
      sum.calls += 1
      if entry.call == nil { sum.unknown += 1 }
      sum.quantity += entry.quantity
      sum.income += entry.credits
      sums[key] = sum
    }
    return sums.values.map { sum in
      var sum = sum
      sum.cost = rate.flatMap { sum.quantity.credits(at: $0) }.map { Quantity($0) }
      return sum
    }.sorted { ($0.model ?? "", $0.unit) < ($1.model ?? "", $1.unit) }
  }
}
