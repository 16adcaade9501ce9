// An exact amount of credits: decimal with up to six places, never floating point.

/// An amount in micro-credits.
package struct Credits: Sendable, Hashable, Comparable, BitwiseCopyable {
  /// Millionths of a credit.
  package let micros: Int64

  @inlinable
  package init(micros: Int64) { self.micros = micros }

  package static let zero = Credits(micros: 0)

  /// The largest amount one command may name: 10^12 credits.
  package static let limit = Credits(micros: 1_000_000_000_000_000_000)

  /// What no sum of the books may pass: far enough from overflow for every sum of four of them.
  static let sumLimit = Credits(micros: .max / 4)

  @inlinable
  package static func < (left: Credits, right: Credits) -> Bool { left.micros < right.micros }

  /// Traps on overflow: amounts are bounded by `limit` at the door.
  package static func + (left: Credits, right: Credits) -> Credits {
    Credits(micros: left.micros + right.micros)
  }

  package static func - (left: Credits, right: Credits) -> Credits {
    Credits(micros: left.micros - right.micros)
  }

  package static prefix func - (value: Credits) -> Credits { Credits(micros: -value.micros) }

  /// Without the sign, as far as there is such an amount.
  package var magnitude: Credits { Credits(micros: abs(max(micros, -.max))) }

  package static func += (left: inout Credits, right: Credits) { left = left + right }
  package static func -= (left: inout Credits, right: Credits) { left = left - right }
}

extension Credits: CustomStringConvertible {
  /// Shortest exact decimal: `27`, `0.2`, `-1.000001`.
  package var description: String {
    let whole = String(micros / 1_000_000)
    var (fraction, places) = (micros.magnitude % 1_000_000, 6)
    guard fraction > 0 else { return whole }
    while fraction % 10 == 0 { (fraction, places) = (fraction / 10, places - 1) }
    let digits = String(fraction)
    let zeros = String(repeating: "0", count: places - digits.utf8.count)
    // Above minus one the whole part has no sign of its own.
    let sign = micros < 0 && whole == "0" ? "-" : ""
    return sign + whole + "." + zeros + digits
  }

  /// Reads an optional sign, digits, and up to six decimals; nil for anything else, for more
  /// precision, and beyond `limit`.
  package init?(_ text: some StringProtocol) {
    var digits = Array(text.utf8)[...]
    let isNegative = digits.first == UInt8(ascii: "-")
    if isNegative || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
    var value: Int64 = 0
    var places = -1
    for byte in digits {
      if byte == UInt8(ascii: "."), places < 0 {
        places = 0
        continue
      }
      guard (0x30...0x39).contains(byte), places < 6 else { return nil }
      // Any amount beyond the limit is refused at the end; the one that does not fit, here.
      let (tens, isTooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, isTooLargeNow) = tens.addingReportingOverflow(Int64(byte - 0x30))
      guard !isTooLarge, !isTooLargeNow else { return nil }
      value = sum
      if places >= 0 { places += 1 }
    }
    guard digits.last != nil, digits.first != UInt8(ascii: "."), places != 0 else { return nil }
    for _ in max(places, 0)..<6 {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      value = product
    }
    guard value <= Credits.limit.micros else { return nil }
    self.init(micros: isNegative ? -value : value)
  }
}
