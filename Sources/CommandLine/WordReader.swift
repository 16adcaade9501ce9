// Walks along the words of a command line, keeping options and handing out operands.

struct WordReader {
  let words: [String]
  let program: String
  /// Once known, its options are accepted as well as the global ones.
  var command: Command?
  /// Values by option name; a flag that was given has no values.
  private(set) var values = GivenValues()
  private var index = 0
  private var optionsEnded = false

  init(words: [String], program: String) {
    self.words = words
    self.program = program
  }

  func isGiven(_ name: String) -> Bool { values[name] != nil }

  /// True when `--help` or `-h` stands anywhere before `--`.
  var asksForHelp: Bool { words.prefix { $0 != "--" }.contains { $0 == "--help" || $0 == "-h" } }

  /// The next word that is no option; the options before it are kept.
  mutating func nextOperand() throws(Failure) -> String? {
    while index < words.count {
      let word = words[index]
      index += 1
      if optionsEnded || !WordReader.isOption(word) { return word }
      if word == "--" { optionsEnded = true } else { try option(word) }
    }
    return nil
  }

  /// A dash and more, unless a digit or point follows: `-5` is a number.
  private static func isOption(_ word: String) -> Bool {
    let bytes = Array(word.utf8.prefix(2))
    guard bytes.count == 2, bytes[0] == UInt8(ascii: "-") else { return false }
    return !((0x30...0x39).contains(bytes[1]) || bytes[1] == UInt8(ascii: "."))
  }

  private mutating func option(_ word: String) throws(Failure) {
    if word == "-h" {
      values.set("help", [])
      return
    }
    guard word.hasPrefix("--") else { throw unknown(word) }
    let body = word.dropFirst(2)
    let equals = body.firstIndex(of: "=")
    let name = String(body[..<(equals ?? body.endIndex)])
    guard let option = declared(name) else { throw unknown("--\(name)") }
    guard let kind = option.kind else {
      guard equals == nil else { throw .usage("--\(name) takes no value", next: "--\(name)") }
      values.set(name, [])
      return
    }
    let value: String
    if let equals {
      value = String(body[body.index(after: equals)...])
    } else {
      value = try nextValue(option)
    }
    guard option.isRepeatable || values[name] == nil else {
      throw .usage("--\(name) is given twice", next: help)
    }
    guard kind.accepts(value) else {
      throw Parser.wrong("--\(name)", kind, value, next: "--\(name) \(kind.example)")
    }
    values.add(name, value)
  }

  private mutating func nextValue(_ option: Option) throws(Failure) -> String {
    guard index < words.count, !words[index].hasPrefix("--"), words[index] != "-h" else {
      let example = "--\(option.name) \(option.kind?.example ?? "")"
      throw .usage("\(option.label) has no value", next: example)
    }
    index += 1
    return words[index - 1]
  }

  private func declared(_ name: String) -> Option? {
    command.map { $0.option(name) } ?? Option.global.first { $0.name == name }
  }

  private func unknown(_ word: String) -> Failure {
    let place = command.map { " for \"\($0.name)\"" } ?? " before the command"
    let message = "unknown option \(Parser.quoted(word))\(place)"
    let names = ((command?.options ?? []) + Option.global).map(\.name)
    guard let near = Suggest.nearest(to: String(word.drop { $0 == "-" }), among: names) else {
      return .usage(message, next: help)
    }
    return .usage("\(message); did you mean --\(near)?", next: help)
  }

  private var help: String { "\(program) \(command.map { "\($0.name) " } ?? "")--help" }
}
