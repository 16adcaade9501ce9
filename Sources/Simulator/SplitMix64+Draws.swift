// What the simulator draws. Written out, because the standard library does not promise that its own
// draws stay the same.

import Wire

extension SplitMix64 {
  /// A number from 0 up to but not including 1, with 53 random bits.
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A number between two bounds.
  mutating func between(_ bounds: ClosedRange<Double>) -> Double {
    bounds.lowerBound + unit() * (bounds.upperBound - bounds.lowerBound)
  }

  /// A number from 0 to `count` − 1; the bias of the remainder is below 2⁻⁵⁰ for the small counts
  /// used here.
  mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }
}
