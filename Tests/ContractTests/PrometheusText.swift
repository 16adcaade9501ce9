// A strict reader of Prometheus' text format: what its own parser refuses is refused here, too.

import Testing

/// Families by name.
struct PrometheusText {
  struct Sample {
    let name: String
    let labels: [String: String]
    let value: Double
  }

  struct Flaw: Error, CustomStringConvertible {
    let description: String
  }

  private(set) var types: [String: String] = [:]
  private(set) var samples: [Sample] = []

  func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
    samples.first { $0.name == name && $0.labels == labels }?.value
  }

  init(_ text: String) throws {
    guard text.hasSuffix("\n") else { throw Flaw(description: "the last line has no end") }
    var helped: Set<String> = []
    var family = ""
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      if line.hasPrefix("# ") {
        let words = line.split(separator: " ", maxSplits: 3).map(String.init)
        guard words.count == 4 else { throw Flaw(description: "\(line)") }
        let name = words[2]
        switch words[1] {
        case "HELP":
          guard helped.insert(name).inserted else { throw Flaw(description: "twice: \(name)") }
        case "TYPE":
          guard types[name] == nil, helped.contains(name),
            ["counter", "gauge", "histogram"].contains(words[3])
          else { throw Flaw(description: "\(line)") }
          types[name] = words[3]
          family = name
        default: throw Flaw(description: "\(line)")
        }
        continue
      }
      let sample = try PrometheusText.sample(line)
      let suffixes = types[family] == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
      guard suffixes.contains(where: { sample.name == family + $0 }) else {
        throw Flaw(description: "\(sample.name) stands in the family \(family)")
      }
      guard !samples.contains(where: { $0.name == sample.name && $0.labels == sample.labels })
      else { throw Flaw(description: "twice: \(line)") }
      samples.append(sample)
    }
    try checkHistograms()
  }

  private static func sample(_ line: Substring) throws -> Sample {
    let flaw = Flaw(description: "no sample: \(line)")
    let name = line.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ":") }
    guard let first = name.first, !first.isNumber else { throw flaw }
    var rest = line.dropFirst(name.count)
    var labels: [String: String] = [:]
    if rest.first == "{" {
      rest = rest.dropFirst()
      while rest.first != "}" {
        let label = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        rest = rest.dropFirst(label.count)
        guard !label.isEmpty, rest.hasPrefix("=\"") else { throw flaw }
        rest = rest.dropFirst(2)
        var value = ""
        while let next = rest.popFirst(), next != "\"" {
          guard next == "\\" else {
            value.append(next)
            continue
          }
          switch rest.popFirst() {
          case "\\": value += "\\"
          case "n": value += "\n"
          case "\"": value += "\""
          default: throw flaw
          }
        }
        guard labels.updateValue(value, forKey: String(label)) == nil else { throw flaw }
        if rest.first == "," { rest = rest.dropFirst() } else if rest.first != "}" { throw flaw }
      }
      rest = rest.dropFirst()
    }
    guard rest.first == " " else { throw flaw }
    let figure = rest.dropFirst()
    let words = ["+Inf": Double.infinity, "-Inf": -.infinity, "NaN": .nan]
    let isFigure = figure.allSatisfy { $0.isNumber || "+-.eE".contains($0) }
    guard let value = words[String(figure)] ?? (isFigure ? Double(figure) : nil) else { throw flaw }
    return Sample(name: String(name), labels: labels, value: value)
  }

  /// Bounds and counts go up; the last bound is +Inf and counts all.
  private func checkHistograms() throws {
    for (name, type) in types where type == "histogram" {
      let buckets = samples.filter { $0.name == name + "_bucket" }
      let bounds = buckets.map { $0.labels["le"].flatMap { $0 == "+Inf" ? .infinity : Double($0) } }
      let counts = buckets.map(\.value)
      guard bounds.allSatisfy({ $0 != nil }), bounds.map({ $0! }) == bounds.map({ $0! }).sorted(),
        bounds.last == .infinity, counts == counts.sorted(),
        counts.last == value(name + "_count"), value(name + "_sum") != nil
      else { throw Flaw(description: "\(name) is no histogram") }
    }
  }
}
