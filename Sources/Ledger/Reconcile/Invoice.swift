// A provider's invoice, line by line, as a map reads it.

package import Wire

/// One line of an invoice.
package struct InvoiceLine: Sendable, Equatable {
  /// Of the file, from 1; of a row over several lines the last.
  package let number: Int
  /// Its name: the column's own, else the provider's id of the request, else a digest of the row;
  /// the second of one name in a file ends in `#2`.
  package internal(set) var id: String
  /// The provider's id of the request; nil where the invoice names none.
  package let externalID: String?
  package let model: String?
  package let quantity: Quantity
  /// The provider's word for what it counts: credits, seconds, usd.
  package let unit: String
  /// Money beside the quantity, for people.
  package let amount: Quantity?
  package let currency: String?
  package let billedAt: Timestamp?
  /// The row by column, where it was asked for.
  package let row: JSON?

  /// Whether two lines of one name are one line that stands there twice.
  func isSame(as other: InvoiceLine) -> Bool {
    externalID == other.externalID && model == other.model && quantity == other.quantity
      && unit == other.unit && amount == other.amount && currency == other.currency
      && billedAt == other.billedAt
  }
}

/// All lines that count.
package struct Invoice: Sendable, Equatable {
  package internal(set) var lines: [InvoiceLine] = []
  /// Lines that the map's status says to leave out.
  package internal(set) var skipped = 0
  /// Lines that stand there a second time, word for word.
  package internal(set) var repeated = 0

  package init() {}

  /// From the first to the last moment that a line names; nil where none does.
  package var period: ClosedRange<Timestamp>? {
    var period: ClosedRange<Timestamp>?
    for time in lines.lazy.compactMap(\.billedAt) {
      let known = period ?? time...time
      period = min(known.lowerBound, time)...max(known.upperBound, time)
    }
    return period
  }
}
