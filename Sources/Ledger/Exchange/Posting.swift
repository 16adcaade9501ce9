// Double entry: what each event moves between the accounts of the chart (PRODUCT.md, "Money"). Signs
// are the customers': what they have is positive, what was issued to them negative.

import Wire

/// An account of the chart.
enum ChartAccount: Sendable, Hashable {
  case available(SubjectNumber)
  case held(SubjectNumber)
  case issued, revenue, expired, adjustments, writeOff
}

/// One side of a movement.
struct Posting: Sendable, Equatable {
  let account: ChartAccount
  let amount: Credits

  /// The postings of an event; they sum to zero, and none is of 0 credits.
  static func of(_ event: RecordedEvent) -> [Posting] {
    if case .jobRecovered(let body) = event.event {
      return between(.writeOff, .revenue, body.writtenOff ?? .zero)
    }
    guard let movement = Movement(event) else { return [] }
    let account = movement.account
    let (from, to): (ChartAccount, ChartAccount) =
      switch movement.kind {
      case .granted: (.issued, .available(account))
      case .held: (.available(account), .held(account))
      case .captured: (.held(account), .revenue)
      case .released: (.held(account), .available(account))
      case .refunded: (.revenue, .available(account))
      case .expired: (.available(account), .expired)
      case .adjusted: (.adjustments, .available(account))
      }
    return between(from, to, movement.amount)
  }

  private static func between(
    _ from: ChartAccount, _ to: ChartAccount, _ amount: Credits
  ) -> [Posting] {
    amount == .zero
      ? [] : [Posting(account: from, amount: -amount), Posting(account: to, amount: amount)]
  }
}
