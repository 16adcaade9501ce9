// The text format that Prometheus reads, version 0.0.4
// (prometheus.io/docs/instrumenting/exposition_formats).

/// Writes metrics one family after the other.
struct MetricsText {
  enum Kind: String {
    case counter, gauge, histogram
  }

  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  private var text = ""

  var bytes: [UInt8] { Array(text.utf8) }

  /// A family of one sample.
  mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
    begin(name, kind, help)
    sample(name, [], value)
  }

  /// A family of samples told apart by labels.
  mutating func add(
    _ name: String, _ kind: Kind, _ help: String,
    _ samples: [(labels: [(String, String)], value: Double)]
  ) {
    begin(name, kind, help)
    for (labels, value) in samples { sample(name, labels, value) }
  }

  /// A histogram of seconds.
  /// - Parameter counts: one for each bound, not yet added up, and the last for those above all.
  mutating func add(
    _ name: String, _ help: String, bounds: [Double], counts: [UInt64], sum: Double
  ) {
    begin(name, .histogram, help)
    var total: UInt64 = 0
    for (bound, count) in zip(bounds + [.infinity], counts) {
      total += count
      sample(name + "_bucket", [("le", MetricsText.figure(bound))], Double(total))
    }
    sample(name + "_sum", [], sum)
    sample(name + "_count", [], Double(total))
  }

  private mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
    text += "# HELP \(name) \(MetricsText.escaped(help, quotes: false))\n"
    text += "# TYPE \(name) \(kind.rawValue)\n"
  }

  private mutating func sample(
    _ name: String, _ labels: [(String, String)], _ value: Double
  ) {
    let list = labels.map { "\($0)=\"\(MetricsText.escaped($1, quotes: true))\"" }
    text += name + (list.isEmpty ? "" : "{\(list.joined(separator: ","))}")
    text += " \(MetricsText.figure(value))\n"
  }

  /// Go's ParseFloat reads these, the words for what is no finite number included.
  private static func figure(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    if let whole = Int64(exactly: value), abs(whole) < 1 << 53 { return "\(whole)" }
    return "\(value)"
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    var escaped = ""
    for character in text.unicodeScalars {
      switch character {
      case "\\": escaped += "\\\\"
      case "\n": escaped += "\\n"
      case "\"" where quotes: escaped += "\\\""
      default: escaped.unicodeScalars.append(character)
      }
    }
    return escaped
  }
}
