// Comparing secrets and their signatures without telling how far they agree.

import CCrypto

package enum ConstantTime {
  /// Whether both are the same bytes; takes as long for the first difference as for the last
  /// (CRYPTO_memcmp(3)). Lengths are no secret.
  package static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    unsafe left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
  }
}
