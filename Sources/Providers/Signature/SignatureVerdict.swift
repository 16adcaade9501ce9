// What the check of a signature came to. Only `verified` lets a message move money.

package import Ledger

/// Whether a message is its provider's.
package enum SignatureVerdict: Sendable, Equatable {
  case verified
  /// Nobody can say: nothing is signed, or what it takes to check is not here. The reason is for a
  /// person and holds no secret.
  case unverified(String)
  /// It claims a signature that is wrong, lacks one that it must have, or is too old.
  case rejected(Rejection, String)

  package var isVerified: Bool { self == .verified }
}
