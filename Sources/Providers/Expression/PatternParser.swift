// Text of a pattern → its tree. Depth, length and repeat counts are bounded here; the size of the
// program in PatternCompiler.

indirect enum PatternNode: Equatable {
  case set(ScalarSet)
  case start
  case end
  case sequence([PatternNode])
  case choice([PatternNode])
  case capture(PatternNode)
  /// `most` nil: without end.
  case repeated(PatternNode, least: Int, most: Int?)
}

struct PatternParser {
  static let depthMax = 16
  static let repeatMax = 256

  private let scalars: [Unicode.Scalar]
  private var offset = 0
  private var ignoresCase = false
  private var captures = 0

  init(_ source: String) throws(PatternError) {
    scalars = Array(source.unicodeScalars)
    guard scalars.count <= Pattern.sourceMax else {
      throw PatternError(reason: "longer than \(Pattern.sourceMax) characters", offset: 0)
    }
    if source.hasPrefix("(?i)") {
      ignoresCase = true
      offset = 4
    }
  }

  mutating func pattern() throws(PatternError) -> PatternNode {
    let node = try choice(depth: 0)
    guard offset == scalars.count else { throw fail("a ')' without its '('") }
    return node
  }

  private var next: Unicode.Scalar? { offset < scalars.count ? scalars[offset] : nil }

  private func fail(_ reason: String) -> PatternError {
    PatternError(reason: reason, offset: offset)
  }

  private mutating func skip(_ text: String) -> Bool {
    let wanted = Array(text.unicodeScalars)
    guard scalars[offset...].starts(with: wanted) else { return false }
    offset += wanted.count
    return true
  }

  private mutating func choice(depth: Int) throws(PatternError) -> PatternNode {
    guard depth <= PatternParser.depthMax else {
      throw fail("groups deeper than \(PatternParser.depthMax)")
    }
    var branches = [try sequence(depth: depth)]
    while skip("|") { branches.append(try sequence(depth: depth)) }
    return branches.count == 1 ? branches[0] : .choice(branches)
  }

  private mutating func sequence(depth: Int) throws(PatternError) -> PatternNode {
    var nodes: [PatternNode] = []
    while let scalar = next, scalar != "|", scalar != ")" {
      nodes.append(try repeated(try atom(depth: depth)))
    }
    return .sequence(nodes)
  }

  private mutating func repeated(_ node: PatternNode) throws(PatternError) -> PatternNode {
    let result: PatternNode
    switch next {
    case "*": result = .repeated(node, least: 0, most: nil)
    case "+": result = .repeated(node, least: 1, most: nil)
    case "?": result = .repeated(node, least: 0, most: 1)
    case "{":
      offset += 1
      return try counted(node)
    default: return node
    }
    offset += 1
    if let next, "*+?{".unicodeScalars.contains(next) {
      throw fail("one repeat sign after another; lazy and possessive repeats are not offered")
    }
    return result
  }

  /// `{n}`, `{n,}` or `{n,m}`, the brace already read.
  private mutating func counted(_ node: PatternNode) throws(PatternError) -> PatternNode {
    let least = try count()
    var most: Int? = least
    if skip(",") { most = next == "}" ? nil : try count() }
    guard skip("}") else { throw fail("expected '}'") }
    if let most, most < least { throw fail("the repeat's end lies before its start") }
    return .repeated(node, least: least, most: most)
  }

  private mutating func count() throws(PatternError) -> Int {
    var digits = ""
    while let scalar = next, ("0"..."9").contains(scalar) {
      digits.unicodeScalars.append(scalar)
      offset += 1
    }
    guard let value = Int(digits), value <= PatternParser.repeatMax else {
      throw fail("expected a repeat count from 0 to \(PatternParser.repeatMax)")
    }
    return value
  }

  private mutating func atom(depth: Int) throws(PatternError) -> PatternNode {
    let scalar = scalars[offset]
    offset += 1
    switch scalar {
    case "^": return .start
    case "$": return .end
    case ".": return .set(.anyButNewline)
    case "[": return .set(try bracket())
    case "\\": return .set(try escape())
    case "(": return try group(depth: depth)
    case "*", "+", "?", "{", "}", "]":
      offset -= 1
      throw fail("'\(scalar)' needs a '\\' before it here")
    default: return .set(literal(scalar))
    }
  }

  private func literal(_ scalar: Unicode.Scalar) -> ScalarSet {
    let set = ScalarSet(ranges: [scalar.value...scalar.value])
    return ignoresCase ? set.ignoringCase : set
  }

  private mutating func group(depth: Int) throws(PatternError) -> PatternNode {
    let captures = !skip("?:")
    if captures {
      guard next != "?" else { throw fail("only '(?:' is offered, and '(?i)' at the beginning") }
      self.captures += 1
      guard self.captures == 1 else { throw fail("only one capturing group; write '(?:'") }
    }
    let node = try choice(depth: depth + 1)
    guard skip(")") else { throw fail("a '(' without its ')'") }
    return captures ? .capture(node) : node
  }

  private mutating func escape() throws(PatternError) -> ScalarSet {
    guard let scalar = next else { throw fail("the pattern ends after '\\'") }
    offset += 1
    switch scalar {
    case "d": return .digit
    case "w": return .word
    case "s": return .space
    case "D": return ScalarSet(ranges: ScalarSet.digit.ranges, negated: true)
    case "W": return ScalarSet(ranges: ScalarSet.word.ranges, negated: true)
    case "S": return ScalarSet(ranges: ScalarSet.space.ranges, negated: true)
    case "n": return literal("\n")
    case "r": return literal("\r")
    case "t": return literal("\t")
    case "a"..."z", "A"..."Z", "0"..."9":
      offset -= 1
      throw fail("'\\\(scalar)' is not offered")
    default: return literal(scalar)
    }
  }

  /// A class, its '[' already read.
  private mutating func bracket() throws(PatternError) -> ScalarSet {
    var set = ScalarSet(ranges: [], negated: skip("^"))
    while let scalar = next, scalar != "]" {
      offset += 1
      if scalar == "\\" {
        let escaped = try escape()
        guard !escaped.negated else { throw fail("a negated class inside a class") }
        set.ranges += escaped.ranges
      } else if next == "-", offset + 1 < scalars.count, scalars[offset + 1] != "]" {
        let last = scalars[offset + 1]
        guard last != "\\", last >= scalar else { throw fail("a range that runs backwards") }
        offset += 2
        set.ranges.append(scalar.value...last.value)
      } else {
        set.ranges.append(scalar.value...scalar.value)
      }
    }
    guard skip("]") else { throw fail("a '[' without its ']'") }
    guard !set.ranges.isEmpty else { throw fail("an empty class") }
    return ignoresCase ? set.ignoringCase : set
  }
}
