// The simulator's only source of chance: tiny, fast, and the same on every machine.

/// SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014).
package struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number from 0 up to but not including 1, with 53 random bits. Written out because the
  /// standard library does not promise `Double.random(in:using:)` to stay the same.
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A number between two bounds.
  mutating func between(_ bounds: ClosedRange<Double>) -> Double {
    bounds.lowerBound + unit() * (bounds.upperBound - bounds.lowerBound)
  }

  /// A number from 0 to `count` − 1; the bias of the remainder is below 2⁻⁵⁰ for the small counts
  /// used here.
  mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }
}
