// What an account and each of its buckets count alike: six sums, all gross but what can be derived.

import Wire

/// Sums that movements change.
package protocol CreditSums {
  var granted: Credits { get set }
  var expired: Credits { get set }
  /// Reserved now.
  var held: Credits { get set }
  var captured: Credits { get set }
  var refunded: Credits { get set }
  var adjusted: Credits { get set }
}

extension CreditSums {
  /// What can still be held.
  package var available: Credits { granted - expired - held - captured + refunded + adjusted }

  mutating func readSums(from row: inout RowReader) {
    granted = row.packedCredits()
    expired = row.packedCredits()
    held = row.packedCredits()
    captured = row.packedCredits()
    refunded = row.packedCredits()
    adjusted = row.packedCredits()
  }

  func appendSums(to bytes: inout [UInt8]) {
    bytes.append(packed: granted)
    bytes.append(packed: expired)
    bytes.append(packed: held)
    bytes.append(packed: captured)
    bytes.append(packed: refunded)
    bytes.append(packed: adjusted)
  }
}
