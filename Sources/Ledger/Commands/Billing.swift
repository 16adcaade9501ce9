// Lines of a provider's invoice, as the books take them.

package import Wire

/// Lines to be recorded in one group.
package struct Billing: Sendable, Equatable {
  package var provider: String
  /// 1 to `Limits.groupEvents`, no id twice.
  package var lines: [BilledLine]

  package init(provider: String, lines: [BilledLine]) {
    self.provider = provider
    self.lines = lines
  }
}

/// One line, read and matched.
package struct BilledLine: Sendable, Equatable {
  /// Of the file, from 1.
  package var number: Int
  /// Its name on the invoice: what makes it the same line for ever.
  package var lineID: String
  package var quantity: Quantity
  /// The provider's word: credits, usd, seconds.
  package var unit: String
  package var billedAt: Timestamp?
  /// The job it is matched with, and how sure that is.
  package var job: (id: String, certainty: Certainty)?
  /// The row as the file has it, by column.
  package var row: JSON

  package init(
    number: Int, lineID: String, quantity: Quantity, unit: String, billedAt: Timestamp? = nil,
    job: (id: String, certainty: Certainty)? = nil, row: JSON = .object(JSONObject())
  ) {
    self.number = number
    self.lineID = lineID
    self.quantity = quantity
    self.unit = unit
    self.billedAt = billedAt
    self.job = job
    self.row = row
  }

  package static func == (left: BilledLine, right: BilledLine) -> Bool {
    left.number == right.number && left.lineID == right.lineID && left.row == right.row
      && left.quantity == right.quantity && left.unit == right.unit
      && left.billedAt == right.billedAt && left.job?.id == right.job?.id
      && left.job?.certainty == right.job?.certainty
  }

  /// Whether a recorded line says the same. What it is matched with may be known better by now.
  package func isSame(as body: ProviderBilled) -> Bool {
    body.lineID == lineID && Quantity(body.quantity) == quantity && body.unit == unit
      && body.billedAt == billedAt
  }

  /// The same id with other content: one of the two was not what the provider billed.
  package func conflict(with body: ProviderBilled, at position: Position) -> Refusal {
    Refusal(
      .conflict,
      "line \(number): \(lineID) is recorded as \(body.quantity) \(body.unit)"
        + (body.billedAt.map { " at \($0)" } ?? "") + " and now says \(quantity) \(unit)"
        + (billedAt.map { " at \($0)" } ?? ""),
      position: position, next: "ledger events --after \(position - 1) --limit 1")
  }
}
