// Breaks text into lines by display width.

package enum Wrap {
  /// `text` in lines of at most `columns`; lines after the first begin with `hanging`. Words wider
  /// than a line are broken. Runs of spaces count as one.
  package static func lines(_ text: String, columns: Int, hanging: String = "") -> [String] {
    lines(text.split(separator: " ").map(String.init), columns: columns, hanging: hanging)
  }

  /// The same for words that may hold spaces, where no line may break.
  package static func lines(_ words: [String], columns: Int, hanging: String) -> [String] {
    var lines: [String] = []
    var line = ""
    var width = 0
    let indent = DisplayWidth.columns(of: hanging)
    for word in words {
      var word = word
      var wordWidth = DisplayWidth.columns(of: word)
      if width > 0, !(lines.count > 0 && width == indent) {
        if width + 1 + wordWidth <= columns {
          line += " " + word
          width += 1 + wordWidth
          continue
        }
        lines.append(line)
        line = hanging
        width = indent
      }
      while width + wordWidth > columns {
        let head = DisplayWidth.prefix(of: word, columns: max(1, columns - width))
        lines.append(line + head)
        word.removeFirst(head.count)
        wordWidth = DisplayWidth.columns(of: word)
        line = hanging
        width = indent
      }
      line += word
      width += wordWidth
    }
    if width > 0, !(lines.count > 0 && width == indent) || lines.isEmpty { lines.append(line) }
    return lines
  }
}
