// Splits a line as a shell would, as far as examples in the help need: quotes and backslashes, a
// comment or pipe ends it. No variables, no globs.

enum ShellWords {
  /// The words of `line`; nil when a quote stays open.
  static func split(_ line: String) -> [String]? {
    var words: [String] = []
    var word: String?
    var quote: Character?
    var rest = line[...]
    while let character = rest.popFirst() {
      switch (character, quote) {
      case (let end, let open?) where end == open: quote = nil
      case ("\\", nil) where rest.first == "\n": rest.removeFirst()
      case ("\\", nil), ("\\", "\""): word = (word ?? "") + String(rest.popFirst() ?? "\\")
      case (let other, .some): word?.append(other)
      case ("'", nil), ("\"", nil):
        quote = character
        word = word ?? ""
      case (" ", nil):
        if let finished = word { words.append(finished) }
        word = nil
      case ("#", nil) where word == nil, ("|", nil), (">", nil), ("<", nil), ("&", nil):
        rest = ""
      default: word = (word ?? "") + String(character)
      }
    }
    if let word { words.append(word) }
    return quote == nil ? words : nil
  }
}
