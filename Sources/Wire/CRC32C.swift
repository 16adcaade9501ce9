// CRC-32C: finds accidental damage in a record at memory speed.

import CSystem

package enum CRC32C {
  /// The checksum (Castagnoli polynomial, RFC 3720 appendix B.4) of `bytes`, continued from `seed`.
  package static func checksum(_ bytes: RawSpan, seed: UInt32 = 0) -> UInt32 {
    unsafe bytes.withUnsafeBytes { unsafe csystem_crc32c(seed, $0.baseAddress, $0.count) }
  }
}
