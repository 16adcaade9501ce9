// Decimal numbers as providers write them, read without binary floating point: money and progress
// must come out exactly.

/// A non-negative decimal: `digits` × 10^-`places`.
package struct DecimalText: Sendable, Equatable {
  package let digits: UInt64
  package let places: Int

  /// Reads `0.38`, `45`, `1.5e2`; nil for a negative number, more than 18 significant digits, or an
  /// exponent beyond ±18 (hostile, or not a quantity of anything).
  package init?(_ text: String) {
    let parts = text.split(separator: "e", maxSplits: 1, omittingEmptySubsequences: false)
      .flatMap { $0.split(separator: "E", maxSplits: 1, omittingEmptySubsequences: false) }
    guard (1...2).contains(parts.count), text.utf8.count <= 64 else { return nil }
    var exponent = 0
    if parts.count == 2 {
      guard let value = Int(parts[1]), (-18...18).contains(value) else { return nil }
      exponent = value
    }
    let number = parts[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = number.first, !whole.isEmpty, number.count == 1 || !number[1].isEmpty else {
      return nil
    }
    var fraction = number.count == 2 ? number[1] : ""
    while fraction.last == "0" { fraction.removeLast() }
    let all = whole + fraction
    guard all.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    let significant = all.drop { $0 == "0" }
    guard significant.utf8.count <= 18, fraction.utf8.count <= 18 else { return nil }
    digits = significant.isEmpty ? 0 : UInt64(significant)!
    places = fraction.utf8.count - exponent
  }

  /// This number × `factor` in millionths, rounded half up; nil beyond Int64.
  package func millionths(times factor: DecimalText) -> Int64? {
    let product = digits.multipliedFullWidth(by: factor.digits)
    return DecimalText.scaled(product, byTenTo: 6 - places - factor.places)
  }

  /// This number in units, rounded up, at most `limit`.
  package func roundedUp(limit: Int) -> Int {
    if digits == 0 { return 0 }
    guard places > 0 else {
      return DecimalText.scaled((0, digits), byTenTo: -places).map { Int(min($0, Int64(limit))) }
        ?? limit
    }
    guard places <= 18 else { return 1 }
    let unit = DecimalText.powers[places]
    let units = digits / unit + (digits.isMultiple(of: unit) ? 0 : 1)
    return Int(min(units, UInt64(limit)))
  }

  /// This number as a fraction of `whole`, in millionths rounded down, held within 0...1,000,000.
  package func millionths(of whole: DecimalText) -> Int? {
    guard whole.digits > 0 else { return nil }
    // digits·10^-places / (whole.digits·10^-whole.places) = digits·10^shift / whole.digits
    var (high, low) = (UInt64(0), digits)
    var shift = 6 - places + whole.places
    while shift > 0 {
      let product = low.multipliedFullWidth(by: 10)
      high = high &* 10 &+ product.high
      low = product.low
      shift -= 1
      if high >= whole.digits { return 1_000_000 }
    }
    var quotient = whole.digits.dividingFullWidth((high, low)).quotient
    while shift < 0, quotient > 0 {
      quotient /= 10
      shift += 1
    }
    return Int(min(quotient, 1_000_000))
  }

  private static let powers: [UInt64] = (0...18).map { power in
    (0..<power).reduce(UInt64(1)) { value, _ in value * 10 }
  }

  /// value × 10^power, rounded half up.
  private static func scaled(
    _ value: (high: UInt64, low: UInt64.Magnitude), byTenTo power: Int
  ) -> Int64? {
    var (high, low) = value
    if high == 0, low == 0 { return 0 }
    if power >= 0 {
      guard high == 0, power <= 18 else { return nil }
      let product = low.multipliedFullWidth(by: powers[power])
      return product.high == 0 ? Int64(exactly: product.low) : nil
    }
    guard power >= -36 else { return 0 }
    var left = -power
    while left > 1 {  // all digits but the last are cut; the last one decides the rounding
      (high, low) = divided(high, low)
      left -= 1
    }
    let (quotientHigh, quotientLow) = divided(high, low)
    guard quotientHigh == 0 else { return nil }
    let rest = low &- quotientLow &* 10
    return Int64(exactly: quotientLow).flatMap { $0 == .max ? nil : $0 + (rest >= 5 ? 1 : 0) }
  }

  private static func divided(_ high: UInt64, _ low: UInt64) -> (UInt64, UInt64) {
    let quotient = high / 10
    return (quotient, UInt64(10).dividingFullWidth((high % 10, low)).quotient)
  }
}
