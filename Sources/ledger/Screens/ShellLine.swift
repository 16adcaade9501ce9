// Where a command line may be broken: before its options, never inside quotes.

enum ShellLine {
  /// The command and its options, each with its values: `ledger track`, `--id j1`, `--hold 5`.
  static func parts(_ command: String) -> [String] {
    var parts: [String] = []
    var part = ""
    var isQuoted = false
    for word in command.split(separator: " ", omittingEmptySubsequences: false) {
      if word.hasPrefix("--"), !isQuoted, !part.isEmpty {
        parts.append(part)
        part = String(word)
      } else {
        part += (part.isEmpty && parts.isEmpty ? "" : " ") + word
      }
      if !word.count(where: { $0 == "'" }).isMultiple(of: 2) { isQuoted.toggle() }
    }
    parts.append(part)
    return parts
  }
}
