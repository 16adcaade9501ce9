// Names contents and seeds dice: equal contents give equal ids, durations and outcomes in any run.
import Wire

/// A 128-bit FNV-1a hash (RFC 9923, "The FNV Non-Cryptographic Hash Algorithm") of a list of parts.
/// Not a defence: whoever wants two inputs with one fingerprint finds them.
struct Fingerprint: Hashable, Sendable, CustomStringConvertible {
  private(set) var value: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d
  private static let prime: UInt128 = 0x0000_0000_0100_0000_0000_0000_0000_013b

  init() {}

  init(_ parts: String...) {
    for part in parts { add(part.utf8) }
  }

  /// Adds one part. Its length follows, so that ("ab", "c") and ("a", "bc") differ.
  mutating func add(_ bytes: some Sequence<UInt8>) {
    var count: UInt64 = 0
    for byte in bytes {
      mix(byte)
      count += 1
    }
    add(count)
  }

  mutating func add(_ number: UInt64) {
    for shift in stride(from: 0, to: 64, by: 8) { mix(UInt8(truncatingIfNeeded: number >> shift)) }
  }

  private mutating func mix(_ byte: UInt8) {
    value = (value ^ UInt128(byte)) &* Fingerprint.prime
  }

  /// Dice that fall the same whenever the fingerprint is the same.
  var dice: SplitMix64 {
    SplitMix64(seed: UInt64(truncatingIfNeeded: value) ^ UInt64(truncatingIfNeeded: value >> 64))
  }

  /// 32 lower-case hexadecimal digits.
  var description: String {
    Hex.text((0..<16).map { UInt8(truncatingIfNeeded: value >> (120 - 8 * $0)) })
  }
}
