// How an invoice writes moments. All without an offset of their own are UTC.

import Wire

/// The form of an invoice's times.
package enum InvoiceTime: Sendable, Equatable {
  /// `2026-11-21T09:30:00Z`, any offset, or a date.
  case rfc3339
  /// Seconds since 1970, with or without decimals.
  case unixSeconds
  case unixMilliseconds
  /// `DD.MM.YYYY hh:mm:ss`: digits in place of the letters, everything else as it is.
  case pattern(String)

  /// The name of a form, or a pattern.
  init?(_ text: String) {
    switch text {
    case "rfc3339": self = .rfc3339
    case "unix_s": self = .unixSeconds
    case "unix_ms": self = .unixMilliseconds
    default:
      guard text.utf8.count <= 40, ["YYYY", "MM", "DD"].allSatisfy(text.contains) else {
        return nil
      }
      self = .pattern(text)
    }
  }

  /// The moment that a text means; nil when it is not of this form.
  func moment(_ text: String) -> Timestamp? {
    switch self {
    case .rfc3339:
      // Spreadsheets and databases leave the offset away: 2026-11-21 09:30:00.
      return Timestamp(text) ?? Timestamp(text + "Z")
    case .unixSeconds: return InvoiceTime.since1970(text, unitMicroseconds: 1_000_000)
    case .unixMilliseconds: return InvoiceTime.since1970(text, unitMicroseconds: 1000)
    case .pattern(let pattern): return InvoiceTime.moment(text, pattern)
    }
  }

  private static func since1970(_ text: String, unitMicroseconds: Int128) -> Timestamp? {
    guard let value = Quantity(text), value >= .zero else { return nil }
    let micros = value.trillionths * unitMicroseconds / 1_000_000_000_000
    return Int64(exactly: micros).map { Timestamp(microseconds: $0) }
  }

  /// Reads the digits at the pattern's letters and lets RFC 3339's reader judge them.
  private static func moment(_ text: String, _ pattern: String) -> Timestamp? {
    let (text, pattern) = (Array(text.utf8), Array(pattern.utf8))
    guard text.count == pattern.count else { return nil }
    var parts: [UInt8: String] = [:]
    for (byte, letter) in zip(text, pattern) {
      if Array("YMDhms".utf8).contains(letter) {
        guard (0x30...0x39).contains(byte) else { return nil }
        parts[letter, default: ""].unicodeScalars.append(Unicode.Scalar(byte))
      } else if byte != letter {
        return nil
      }
    }
    func part(_ letter: Character) -> String { parts[letter.asciiValue ?? 0] ?? "00" }
    return Timestamp(
      "\(part("Y"))-\(part("M"))-\(part("D"))T\(part("h")):\(part("m")):\(part("s"))Z")
  }
}
