// Numbers and times as a person reads them. Exact values belong in JSON.

package import Wire

package enum Human {
  /// `3 min ago`, `in 40 s`, `now` within a second.
  package static func relative(_ time: Timestamp, now: Timestamp) -> String {
    let (difference, overflow) = time.microseconds.subtractingReportingOverflow(now.microseconds)
    let micros = overflow ? Int64.max : difference
    if micros.magnitude < 1_000_000 { return "now" }
    let length = duration(.microseconds(Int64(clamping: micros.magnitude)))
    return micros < 0 ? "\(length) ago" : "in \(length)"
  }

  /// One unit, rounded down: `250 ms`, `40 s`, `3 min`, `5 h`, `12 d`; two where one would say too
  /// little: `1 h 20 min`, `1 d 4 h`.
  package static func duration(_ duration: Duration) -> String {
    let total_ms = max(0, duration.milliseconds)
    let seconds = total_ms / 1000
    let minutes = seconds / 60
    let hours = minutes / 60
    let days = hours / 24
    switch seconds {
    case 0: return "\(total_ms) ms"
    case ..<60: return "\(seconds) s"
    case ..<3600: return two(minutes, "min", seconds % 60, "s")
    case ..<86_400: return two(hours, "h", minutes % 60, "min")
    default: return two(days, "d", hours % 24, "h")
    }
  }

  /// The smaller unit only beside a small number of the larger, and only when not zero.
  private static func two(_ big: Int64, _ unit: String, _ small: Int64, _ part: String) -> String {
    big < 3 && small > 0 ? "\(big) \(unit) \(small) \(part)" : "\(count(big)) \(unit)"
  }

  /// `1,234,567`.
  package static func count(_ value: some BinaryInteger) -> String { grouped(String(value)) }

  /// A decimal number's text with thousands separators: `-1234567.25` → `-1,234,567.25`. Text that
  /// is no such number comes back as it was.
  package static func grouped(_ decimal: String) -> String {
    let sign = decimal.hasPrefix("-") ? "-" : ""
    let parts = decimal.dropFirst(sign.count).split(
      separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = parts.first, !whole.isEmpty,
      whole.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return decimal }
    var text = ""
    for (index, digit) in whole.enumerated() {
      if index > 0, (whole.count - index).isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    return sign + text + (parts.count == 2 ? "." + parts[1] : "")
  }
}
