// The tree of a pattern → a program, and the machine that runs it on a text in one pass.

enum PatternInstruction: Sendable, Equatable {
  case set(ScalarSet)
  case start
  case end
  /// Go on at both; the first is preferred.
  case split(Int, Int)
  case jump(Int)
  case captureStart
  case captureEnd
  case match
}

struct PatternCompiler {
  static let programMax = 1024

  private(set) var program: [PatternInstruction] = []

  private mutating func add(_ instruction: PatternInstruction) throws(PatternError) {
    guard program.count < PatternCompiler.programMax else {
      throw PatternError(reason: "too large once its repeats are written out", offset: 0)
    }
    program.append(instruction)
  }

  mutating func emit(_ node: PatternNode) throws(PatternError) {
    switch node {
    case .set(let set): try add(.set(set))
    case .start: try add(.start)
    case .end: try add(.end)
    case .sequence(let nodes): for node in nodes { try emit(node) }
    case .choice(let branches): try emit(choice: branches[...])
    case .capture(let node):
      try add(.captureStart)
      try emit(node)
      try add(.captureEnd)
    case .repeated(let node, let least, let most):
      for _ in 0..<least { try emit(node) }
      if let most {
        for _ in least..<most { try emit(optional: node, loops: false) }
      } else {
        try emit(optional: node, loops: true)
      }
    }
  }

  private mutating func emit(choice branches: ArraySlice<PatternNode>) throws(PatternError) {
    guard let first = branches.first else { return }
    guard branches.count > 1 else { return try emit(first) }
    let split = program.count
    try add(.split(split + 1, 0))
    try emit(first)
    let jump = program.count
    try add(.jump(0))
    program[split] = .split(split + 1, program.count)
    try emit(choice: branches.dropFirst())
    program[jump] = .jump(program.count)
  }

  private mutating func emit(optional node: PatternNode, loops: Bool) throws(PatternError) {
    let split = program.count
    try add(.split(split + 1, 0))
    try emit(node)
    if loops { try add(.jump(split)) }
    program[split] = .split(split + 1, program.count)
  }
}

/// Offsets of a match and of its group, in scalars; -1 where the group took no part.
struct PatternMatch: Equatable {
  var start: Int
  var end = -1
  var captureStart = -1
  var captureEnd = -1
}

struct PatternMatcher {
  /// Instructions run for one text, all searches together; beyond it the answer is "no match".
  static let stepsMax = 2 << 20

  private struct Thread {
    var place: Int
    var match: PatternMatch
  }

  private let program: [PatternInstruction]
  private let text: [Unicode.Scalar]
  private var stepsLeft = PatternMatcher.stepsMax

  /// Instructions run so far.
  var steps: Int { PatternMatcher.stepsMax - stepsLeft }
  /// For each instruction the position at which it was last entered: a thread list holds it once.
  private var entered: [Int]

  init(program: [PatternInstruction], text: String) {
    self.program = program
    self.text = Array(text.unicodeScalars.suffix(Pattern.textMax))
    entered = Array(repeating: -1, count: program.count)
  }

  func text(of match: PatternMatch) -> String {
    let captured = match.captureStart >= 0 && match.captureEnd >= match.captureStart
    let range =
      captured ? match.captureStart..<match.captureEnd : match.start..<match.end
    var result = String.UnicodeScalarView()
    result.append(contentsOf: text[range])
    return String(result)
  }

  /// The leftmost match that begins at `start` or later; nil also when the budget is used up.
  mutating func find(from start: Int) -> PatternMatch? {
    guard start <= text.count else { return nil }
    for index in entered.indices { entered[index] = -1 }
    var threads: [Thread] = []
    var found: PatternMatch?
    for position in start...text.count {
      if found == nil {
        enter(Thread(place: 0, match: PatternMatch(start: position)), at: position, into: &threads)
      }
      guard !threads.isEmpty, stepsLeft > 0 else { break }
      var next: [Thread] = []
      step: for thread in threads {
        switch program[thread.place] {
        case .set(let set):
          guard position < text.count, set.contains(text[position]) else { continue }
          enter(
            Thread(place: thread.place + 1, match: thread.match), at: position + 1, into: &next)
        default:  // only `match` is left in a list besides sets
          found = thread.match
          found?.end = position
          break step
        }
      }
      threads = next
    }
    return stepsLeft > 0 ? found : nil
  }

  /// Follows everything that consumes no text, preferred ways first.
  private mutating func enter(_ thread: Thread, at position: Int, into list: inout [Thread]) {
    var stack = [thread]
    while var thread = stack.popLast() {
      guard entered[thread.place] != position else { continue }
      entered[thread.place] = position
      stepsLeft -= 1
      switch program[thread.place] {
      case .set, .match:
        list.append(thread)
        continue
      case .start: guard position == 0 else { continue }
      case .end: guard position == text.count else { continue }
      case .captureStart: thread.match.captureStart = position
      case .captureEnd: thread.match.captureEnd = position
      case .jump(let place):
        stack.append(Thread(place: place, match: thread.match))
        continue
      case .split(let first, let second):
        stack.append(Thread(place: second, match: thread.match))
        stack.append(Thread(place: first, match: thread.match))
        continue
      }
      thread.place += 1
      stack.append(thread)
    }
  }
}
