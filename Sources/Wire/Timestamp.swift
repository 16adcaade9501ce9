// A moment, in microseconds since 1970-01-01T00:00:00Z, and its RFC 3339 text.

/// A moment in UTC with microsecond resolution; leap seconds are not counted (POSIX time).
package struct Timestamp: Sendable, Hashable, Comparable, BitwiseCopyable {
  /// Microseconds since the epoch.
  package var microseconds: Int64

  @inlinable
  package init(microseconds: Int64) { self.microseconds = microseconds }

  @inlinable
  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.microseconds < right.microseconds
  }

  /// This moment and `seconds` more (or less, when negative). Beyond the range of `microseconds` it
  /// stops at the range's end, and a NaN adds nothing: a provider's `Retry-After` may say anything.
  package func advanced(seconds: Double) -> Timestamp {
    let step = (seconds * 1e6).rounded()
    if step.isNaN { return self }
    let whole = Int64(exactly: step) ?? (step < 0 ? .min : .max)
    let (sum, overflow) = microseconds.addingReportingOverflow(whole)
    return Timestamp(microseconds: overflow ? (whole < 0 ? .min : .max) : sum)
  }

  /// Seconds from `other` to this moment.
  package func seconds(since other: Timestamp) -> Double {
    let (difference, overflow) = microseconds.subtractingReportingOverflow(other.microseconds)
    return overflow
      ? (Double(microseconds) - Double(other.microseconds)) / 1e6 : Double(difference) / 1e6
  }
}

extension Timestamp: CustomStringConvertible {
  /// RFC 3339 in UTC with six decimals: `2026-11-21T09:30:00.000001Z`.
  package var description: String {
    let (days, micros) = microseconds.quotientAndRemainder(floored: 86_400_000_000)
    let (year, month, day) = Timestamp.civil(fromDays: days)
    let seconds = micros / 1_000_000
    var text: [UInt8] = []
    text.reserveCapacity(27)
    text.append(year, digits: 4)
    text.append(month, digits: 2, after: "-")
    text.append(day, digits: 2, after: "-")
    text.append(seconds / 3600, digits: 2, after: "T")
    text.append(seconds / 60 % 60, digits: 2, after: ":")
    text.append(seconds % 60, digits: 2, after: ":")
    text.append(micros % 1_000_000, digits: 6, after: ".")
    text.append(UInt8(ascii: "Z"))
    return String(decoding: text, as: UTF8.self)
  }

  /// Reads RFC 3339 (any offset, up to nine decimals, cut to microseconds) or a plain date
  /// (midnight UTC); nil for anything else.
  package init?(_ text: String) {
    var scanner = DigitScanner(Array(text.utf8))
    guard let year = scanner.number(4), scanner.skip("-"), let month = scanner.number(2),
      scanner.skip("-"), let day = scanner.number(2), (1...12).contains(month),
      (1...Timestamp.days(in: month, of: year)).contains(day)
    else { return nil }
    let days = Timestamp.days(fromCivil: year, month, day)
    if scanner.isAtEnd {
      self.init(microseconds: days * 86_400_000_000)
      return
    }
    guard scanner.skip("T") || scanner.skip("t") || scanner.skip(" "),
      let hour = scanner.number(2), scanner.skip(":"), let minute = scanner.number(2),
      scanner.skip(":"), let second = scanner.number(2), hour < 24, minute < 60, second < 61,
      let micros = scanner.fraction(), let offset = scanner.zone(), scanner.isAtEnd
    else { return nil }
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset * 60
    self.init(microseconds: seconds * 1_000_000 + micros)
  }

  /// Days since the epoch of a civil date (Howard Hinnant, "chrono-Compatible Low-Level Date
  /// Algorithms", days_from_civil).
  static func days(fromCivil year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let y = month <= 2 ? year - 1 : year
    let (era, yearOfEra) = y.quotientAndRemainder(floored: 400)
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// The civil date of a day number (same source, civil_from_days).
  static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let (era, dayOfEra) = (days + 719_468).quotientAndRemainder(floored: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let mp = (5 * dayOfYear + 2) / 153
    let month = mp < 10 ? mp + 3 : mp - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * mp + 2) / 5 + 1
    )
  }

  static func days(in month: Int64, of year: Int64) -> Int64 {
    let next = month == 12 ? days(fromCivil: year + 1, 1, 1) : days(fromCivil: year, month + 1, 1)
    return next - days(fromCivil: year, month, 1)
  }
}

extension Int64 {
  fileprivate func quotientAndRemainder(floored divisor: Int64) -> (Int64, Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}

extension [UInt8] {
  /// In decimal, with zeros in front up to so many digits.
  fileprivate mutating func append(_ value: Int64, digits: Int, after mark: Unicode.Scalar? = nil) {
    if let mark { append(UInt8(ascii: mark)) }
    if value < 0 { append(UInt8(ascii: "-")) }
    let start = count
    var rest = value.magnitude
    while rest > 0 || count - start < digits {
      append(0x30 + UInt8(rest % 10))
      rest /= 10
    }
    self[start...].reverse()
  }
}

private struct DigitScanner {
  let bytes: [UInt8]
  var offset = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { offset == bytes.count }

  mutating func number(_ width: Int) -> Int64? {
    guard offset + width <= bytes.count else { return nil }
    var value: Int64 = 0
    for byte in bytes[offset..<offset + width] {
      guard (0x30...0x39).contains(byte) else { return nil }
      value = value * 10 + Int64(byte - 0x30)
    }
    offset += width
    return value
  }

  mutating func skip(_ character: Character) -> Bool {
    guard offset < bytes.count, bytes[offset] == character.asciiValue else { return false }
    offset += 1
    return true
  }

  /// `.123456789` as microseconds; 0 when there is none, nil when the point has no digits.
  mutating func fraction() -> Int64? {
    guard skip(".") else { return 0 }
    var value: Int64 = 0
    var count = 0
    while let digit = number(1) {
      if count < 6 { value = value * 10 + digit }
      count += 1
    }
    guard (1...9).contains(count) else { return nil }
    for _ in min(count, 6)..<6 { value *= 10 }
    return value
  }

  /// `Z` or `+hh:mm`, in minutes east of UTC.
  mutating func zone() -> Int64? {
    if skip("Z") || skip("z") { return 0 }
    let sign: Int64
    if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return nil }
    guard let hour = number(2), skip(":"), let minute = number(2), hour < 24, minute < 60 else {
      return nil
    }
    return sign * (hour * 60 + minute)
  }
}
