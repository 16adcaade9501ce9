// Command lines to copy into a POSIX shell. Values in them come from providers, files and apps: the
// one place that says when a word is quoted.

/// Words and lines as a shell reads them.
package enum ShellText {
  private static let plain = Set(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,+@%".utf8)
  /// Of one value of somebody else's, bytes; a longer one is for the person to fill in.
  private static let valueBytesMax = 256

  /// One word; between single quotes everything stands for itself (POSIX shell, "Quoting").
  package static func quoted(_ word: String) -> String {
    if !word.isEmpty, word.utf8.allSatisfy(plain.contains) { return word }
    let parts = word.split(separator: "'", omittingEmptySubsequences: false)
    return "'" + parts.joined(separator: #"'\''"#) + "'"
  }

  /// A value of somebody else's as one word; nil for none, and for what no person would type: very
  /// long text, control characters.
  package static func quoted(foreign value: String?) -> String? {
    guard let value, !value.isEmpty, value.utf8.count <= valueBytesMax,
      !value.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) })
    else { return nil }
    return quoted(value)
  }

  /// `--name VALUE`; a value that begins with a dash would be read as an option of its own.
  /// - Parameter word: quoted.
  package static func option(_ name: String, _ word: String) -> String {
    word.hasPrefix("-") ? "--\(name)=\(word)" : "--\(name) \(word)"
  }

  /// A command in lines of at most `columns`, unless one part is longer than that: broken between
  /// parts, with the backslash that makes a shell go on.
  /// - Parameters:
  ///   - parts: quoted; what must stay on one line is one part.
  ///   - width: columns that a text takes.
  package static func lines(
    _ parts: [String], columns: Int, width: (String) -> Int = { $0.count }
  ) -> [String] {
    var lines: [String] = []
    var line = ""
    for part in parts {
      // Room for the backslash, which only the last line does without.
      if !line.isEmpty, width(line + " " + part) > columns - 2 {
        lines.append(line + " \\")
        line = "  " + part
      } else {
        line += line.isEmpty ? part : " " + part
      }
    }
    return lines + [line]
  }
}
