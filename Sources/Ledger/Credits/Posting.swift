// Double entry: what an event posts to which account of the chart (PRODUCT.md, "Money"). The sum of
// an event's postings, and so of every group's, is zero.

/// An account of the chart.
package enum ChartAccount: Sendable, Hashable {
  /// Credits brought into the world by grants; goes below zero.
  case issued
  /// What a customer can spend; goes below zero as far as the limit.
  case available(SubjectNumber)
  /// What is reserved of a customer's.
  case held(SubjectNumber)
  case revenue
  case expired
  /// Corrections by people: the other side of `credit.adjusted`.
  case adjustments
  /// Revenue that late successes gave up.
  case writeOff
}

/// An amount added to an account of the chart; less than zero: taken from it.
package struct Posting: Sendable, Hashable {
  package let account: ChartAccount
  package let amount: Credits
}

extension Movement {
  /// The two sides of the movement.
  var postings: [Posting] {
    let (from, to): (ChartAccount, ChartAccount) =
      switch kind {
      case .granted: (.issued, .available(account))
      case .held: (.available(account), .held(account))
      case .captured: (.held(account), .revenue)
      case .released: (.held(account), .available(account))
      case .refunded: (.revenue, .available(account))
      case .expired: (.available(account), .expired)
      case .adjusted: (.adjustments, .available(account))
      }
    return Posting.move(amount, from: from, to: to)
  }
}

extension Posting {
  static func move(_ amount: Credits, from: ChartAccount, to: ChartAccount) -> [Posting] {
    [Posting(account: from, amount: -amount), Posting(account: to, amount: amount)]
  }
}

extension RecordedEvent {
  /// What the event posts; empty where it moves no credits.
  package var postings: [Posting] {
    if let movement = Movement(self) { return movement.postings }
    guard case .jobRecovered(let body) = event, let amount = body.writtenOff else { return [] }
    return Posting.move(amount, from: .writeOff, to: .revenue)
  }
}
