// The layout of help: headings, hanging lists, wrapped paragraphs.

struct Page {
  let columns: Int
  let style: Style
  private(set) var lines: [String] = []

  init(columns: Int, style: Style) {
    self.columns = columns
    self.style = style
  }

  mutating func paragraph(_ text: String) {
    part()
    lines += Wrap.lines(text, columns: columns)
  }

  /// The usage line; no part is broken.
  mutating func usage(_ parts: [String]) {
    part()
    let wrapped = Wrap.lines(["Usage:"] + parts, columns: columns, hanging: "         ")
    lines += wrapped.enumerated().map { index, line in
      index == 0 ? style.bold("Usage:") + line.dropFirst("Usage:".count) : line
    }
  }

  /// A heading and its items; nothing when there are none.
  mutating func list(
    _ title: String, _ items: [(label: String, text: String)], labelColumns: Int? = nil
  ) {
    guard !items.isEmpty else { return }
    part()
    lines.append(style.bold(title))
    let widest = labelColumns ?? items.map { DisplayWidth.columns(of: $0.label) }.max() ?? 0
    let width = min(widest, Help.labelColumnsMax, columns / 2)
    let indent = String(repeating: " ", count: width + 4)
    for item in items {
      let label = DisplayWidth.columns(of: item.label)
      var text = Wrap.lines(item.text, columns: columns - width - 4)[...]
      if label <= width {
        let space = String(repeating: " ", count: width - label + 2)
        lines.append("  " + item.label + space + (text.popFirst() ?? ""))
      } else {
        lines += Wrap.lines(item.label, columns: columns - 2).map { "  " + $0 }
      }
      lines += text.map { indent + $0 }
    }
  }

  /// Examples are copied, so they are never wrapped; a long one goes on after a backslash.
  mutating func examples(_ examples: [String]) {
    guard !examples.isEmpty else { return }
    part()
    lines.append(style.bold("Examples"))
    for example in examples { lines += example.split(separator: "\n").map { "  " + $0 } }
  }

  private mutating func part() { if !lines.isEmpty { lines.append("") } }
}
