// Finds functions and how many lines they take, by counting braces.

/// A function's body found in Swift code; closures and types are not functions of their own.
struct FunctionLength: Equatable {
  /// The line of its keyword, from 0.
  let line: Int
  /// From the keyword to the closing brace, both included.
  let count: Int

  /// Every body of a `func`, `init`, `deinit`, `subscript`, computed `var` or accessor.
  static func all(in codeLines: [Substring]) -> [FunctionLength] {
    var scanner = BraceScanner()
    for (number, line) in codeLines.enumerated() {
      for character in line { scanner.take(character, line: number) }
      scanner.take("\n", line: number)
    }
    return scanner.found
  }
}

/// Reads code character by character. What an opening brace opens is told by the last keyword
/// outside parentheses since the brace before it.
private struct BraceScanner {
  private struct Frame {
    let functionLine: Int?
    let outerKeyword: (word: String, line: Int)?
    let outerDepth: Int
  }

  private static let functions: Set = [
    "func", "init", "deinit", "subscript", "var", "get", "set", "willSet", "didSet",
  ]
  private static let others: Set = [
    "struct", "class", "enum", "extension", "protocol", "actor", "let", "if", "else", "for",
    "while",
    "switch", "guard", "do", "catch", "repeat", "case", "return", "import", "typealias",
  ]

  private(set) var found: [FunctionLength] = []
  private var frames: [Frame] = []
  private var keyword: (word: String, line: Int)?
  private var parentheses = 0
  private var word = ""
  private var isMember = false

  mutating func take(_ character: Character, line: Int) {
    if character.isLetter || character.isNumber || character == "_" {
      word.append(character)
      return
    }
    endWord(line)
    isMember = character == "." || character == "`" || character == "#"
    switch character {
    case "(", "[": parentheses += 1
    case ")", "]": parentheses -= 1
    case "{": open()
    case "}": close(line)
    default: break
    }
  }

  private mutating func endWord(_ line: Int) {
    let isKeyword = BraceScanner.functions.contains(word) || BraceScanner.others.contains(word)
    if isKeyword, !isMember, parentheses == 0 { keyword = (word, line) }
    word = ""
  }

  private mutating func open() {
    let opens = parentheses == 0 ? keyword : nil
    let isFunction = opens.map { BraceScanner.functions.contains($0.word) } ?? false
    frames.append(
      Frame(
        functionLine: isFunction ? opens?.line : nil,
        // A brace inside parentheses (a default value, a closure) does not end what stands before.
        outerKeyword: parentheses == 0 ? nil : keyword, outerDepth: parentheses))
    keyword = nil
    parentheses = 0
  }

  private mutating func close(_ line: Int) {
    guard let frame = frames.popLast() else { return }
    keyword = frame.outerKeyword
    parentheses = frame.outerDepth
    if let start = frame.functionLine {
      found.append(FunctionLength(line: start, count: line - start + 1))
    }
  }
}
