// A small regular expression for profiles. Home-made on purpose: patterns come from files a user
// edits and run on text a provider sends, and Swift's Regex backtracks, so that one pattern such as
// `(a+)+$` could hold the poller for ever. This one has no backtracking (Thompson, "Regular
// Expression Search Algorithm", 1968; Pike's captures): work is bounded by program × text, and a
// budget bounds what is left. It also needs neither Foundation nor _StringProcessing.

/// A compiled pattern. Syntax: literals, `.`, `[a-z]`, `[^…]`, `\d \w \s \D \W \S`, `^ $`,
/// `* + ? {n} {n,} {n,m}`, `|`, `(?:…)`, at most one capturing `(…)`, and a leading `(?i)` for
/// ASCII letters of either case. The leftmost match counts, greedy, alternatives in order.
package struct Pattern: Sendable, Equatable {
  /// The longest pattern, characters.
  package static let sourceMax = 1000
  /// The end of a text that is looked at, Unicode scalars: the latest words of a long log.
  package static let textMax = 64 * 1024

  package let source: String
  let program: [PatternInstruction]

  /// - Throws: `PatternError` with the place of the first mistake.
  package init(_ source: String) throws(PatternError) {
    var parser = try PatternParser(source)
    let node = try parser.pattern()
    var compiler = PatternCompiler()
    try compiler.emit(node)
    self.source = source
    program = compiler.program + [.match]
  }

  package func matches(_ text: String) -> Bool { first(in: text) != nil }

  /// What the group matched in the first match; the whole match when the pattern has no group.
  package func first(in text: String) -> String? {
    var matcher = PatternMatcher(program: program, text: text)
    return matcher.find(from: 0).map { matcher.text(of: $0) }
  }

  /// The same for the last match: how progress is read from a log that only grows.
  package func last(in text: String) -> String? {
    var matcher = PatternMatcher(program: program, text: text)
    var last: PatternMatch?
    var position = 0
    while let match = matcher.find(from: position) {
      last = match
      position = max(match.end, match.start + 1)
    }
    return last.map { matcher.text(of: $0) }
  }
}

/// Why a pattern was refused.
package struct PatternError: Error, Equatable, CustomStringConvertible {
  package let reason: String
  /// Offset into the pattern, Unicode scalars from 0.
  package let offset: Int
  package var description: String { "\(reason) (at character \(offset))" }
}

/// A set of Unicode scalars.
struct ScalarSet: Sendable, Equatable {
  var ranges: [ClosedRange<UInt32>]
  var negated = false

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    ranges.contains { $0.contains(scalar.value) } != negated
  }

  static let digit = ScalarSet(ranges: [0x30...0x39])
  static let word = ScalarSet(ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
  static let space = ScalarSet(ranges: [0x09...0x0D, 0x20...0x20])
  static let anyButNewline = ScalarSet(ranges: [0x0A...0x0A], negated: true)

  /// ASCII letters of the ranges in the other case too.
  var ignoringCase: ScalarSet {
    var set = self
    for range in ranges {
      let upper = range.clamped(to: 0x41...0x5A)
      if range.overlaps(0x41...0x5A) {
        set.ranges.append(upper.lowerBound + 0x20...upper.upperBound + 0x20)
      }
      let lower = range.clamped(to: 0x61...0x7A)
      if range.overlaps(0x61...0x7A) {
        set.ranges.append(lower.lowerBound - 0x20...lower.upperBound - 0x20)
      }
    }
    return set
  }
}
