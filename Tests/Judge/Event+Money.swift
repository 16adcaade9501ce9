// What a credit event moves, whatever its type.

package import Ledger

extension Event {
  /// Of a credit event.
  package var amount: Credits? {
    switch self {
    case .creditGranted(let body): body.amount
    case .creditHeld(let body): body.amount
    case .creditCaptured(let body): body.amount
    case .creditReleased(let body): body.amount
    case .creditRefunded(let body): body.amount
    case .creditExpired(let body): body.amount
    case .creditAdjusted(let body): body.amount
    default: nil
    }
  }

  /// Of a credit event.
  package var lines: [BucketLine]? {
    switch self {
    case .creditGranted(let body): body.lines
    case .creditHeld(let body): body.lines
    case .creditCaptured(let body): body.lines
    case .creditReleased(let body): body.lines
    case .creditRefunded(let body): body.lines
    case .creditExpired(let body): body.lines
    case .creditAdjusted(let body): body.lines
    default: nil
    }
  }
}
