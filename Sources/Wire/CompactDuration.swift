// Durations as people type them: `250ms`, `90s`, `5m`, `12h`, `7d`. One number, one unit.

extension Duration {
  /// Longest duration accepted: a hundred years of 365 days, so that a moment plus or minus it
  /// never overflows.
  package static let compactDaysMax: Int64 = 36_500

  /// A whole number and one of ms, s, m, h, d; nil for anything else or more than a hundred years.
  package init?(compact text: String) {
    let digits = text.utf8.prefix { (0x30...0x39).contains($0) }
    guard (1...18).contains(digits.count), let count = Int64(text.prefix(digits.count)) else {
      return nil
    }
    let unit_ms: Int64
    switch text.dropFirst(digits.count) {
    case "ms": unit_ms = 1
    case "s": unit_ms = 1000
    case "m": unit_ms = 60_000
    case "h": unit_ms = 3_600_000
    case "d": unit_ms = 86_400_000
    default: return nil
    }
    let (total_ms, overflow) = count.multipliedReportingOverflow(by: unit_ms)
    guard !overflow, total_ms <= Duration.compactDaysMax * 86_400_000 else { return nil }
    self = .milliseconds(total_ms)
  }

  /// Whole milliseconds, cut towards zero.
  package var milliseconds: Int64 {
    components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
  }
}

extension Timestamp {
  package func advanced(milliseconds: Int64) -> Timestamp {
    Timestamp(microseconds: microseconds + milliseconds * 1000)
  }
}
