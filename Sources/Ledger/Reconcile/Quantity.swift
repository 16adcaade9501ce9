// How much a provider bills, in whatever it bills: exact decimals, never floating point, and finer
// than credits, for a second of some machines costs millionths of a dollar.

/// An exact decimal of up to 12 places, below 10^15 either way; sums of a million are exact too.
package struct Quantity: Sendable, Hashable, Comparable, BitwiseCopyable {
  /// Trillionths of the provider's unit.
  package let trillionths: Int128

  package init(trillionths: Int128) { self.trillionths = trillionths }

  package static let zero = Quantity(trillionths: 0)

  /// Decimals that are kept; a text with more is refused, for it could not be repeated exactly.
  static let places = 12
  /// Digits in front of the point.
  static let wholeDigits = 15
  /// The longest text that is read, bytes.
  static let textBytes = 64

  package static func < (left: Quantity, right: Quantity) -> Bool {
    left.trillionths < right.trillionths
  }

  package static func + (left: Quantity, right: Quantity) -> Quantity {
    Quantity(trillionths: left.trillionths + right.trillionths)
  }

  package static func += (left: inout Quantity, right: Quantity) { left = left + right }

  /// What it comes to in credits, rounded half away from zero; nil beyond what credits can say.
  /// - Parameter rate: credits for one of the provider's unit.
  package func credits(at rate: Credits) -> Credits? {
    let (product, overflow) = trillionths.multipliedReportingOverflow(by: Int128(rate.micros))
    guard !overflow else { return nil }
    let one: Int128 = 1_000_000_000_000
    let (whole, rest) = product.quotientAndRemainder(dividingBy: one)
    let rounded = whole + (rest.magnitude * 2 >= one.magnitude ? (product < 0 ? -1 : 1) : 0)
    guard let micros = Int64(exactly: rounded), abs(rounded) <= Int128(Credits.limit.micros) else {
      return nil
    }
    return Credits(micros: micros)
  }
}

extension Quantity: CustomStringConvertible {
  /// Shortest exact decimal: `27`, `0.2`, `-0.000115`.
  package var description: String {
    let (whole, rest) = trillionths.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000_000)
    var fraction = String(rest)
    fraction = String(repeating: "0", count: Quantity.places - fraction.utf8.count) + fraction
    while fraction.last == "0" { fraction.removeLast() }
    return (trillionths < 0 ? "-" : "") + String(whole) + (fraction.isEmpty ? "" : "." + fraction)
  }

  /// Reads an optional sign, digits, at most one point with digits behind it, and an exponent as
  /// programs write small numbers (`5e-05`); nil for anything else and beyond the bounds.
  package init?(_ text: some StringProtocol) {
    var bytes = Array(text.utf8)[...]
    guard bytes.count <= Quantity.textBytes else { return nil }
    let isNegative = bytes.first == UInt8(ascii: "-")
    if isNegative || bytes.first == UInt8(ascii: "+") { bytes.removeFirst() }
    var exponent = 0
    if let mark = bytes.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }) {
      guard let value = Int(String(decoding: bytes[(mark + 1)...], as: UTF8.self)),
        (-30...30).contains(value)
      else { return nil }
      exponent = value
      bytes = bytes[..<mark]
    }
    let point = bytes.firstIndex(of: UInt8(ascii: ".")) ?? bytes.endIndex
    var digits = Array(bytes[..<point])
    let fraction = Array(bytes[point...].dropFirst())
    guard !digits.isEmpty, point == bytes.endIndex || !fraction.isEmpty else { return nil }
    digits += fraction
    guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    // value = digits × 10^-shift
    var shift = fraction.count - exponent
    while digits.count > 1, digits.last == 0x30, shift > Quantity.places {
      digits.removeLast()
      shift -= 1
    }
    digits = Array(digits.drop { $0 == 0x30 })
    guard !digits.isEmpty else { self = .zero; return }
    guard shift <= Quantity.places, digits.count - shift <= Quantity.wholeDigits else { return nil }
    var value: Int128 = 0
    for digit in digits { value = value * 10 + Int128(digit - 0x30) }
    for _ in shift..<Quantity.places { value *= 10 }
    self.init(trillionths: isNegative ? -value : value)
  }
}
