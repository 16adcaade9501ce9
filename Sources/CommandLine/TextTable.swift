// Rows in aligned columns that fit the screen. Cells are escaped here, so a table is always safe.

/// A table for people. Columns shrink to fit, the widest first; what is cut ends in `…`.
package struct TextTable: Sendable {
  package enum Alignment: Sendable { case left, right }

  package struct Column: Sendable {
    let header: String
    let alignment: Alignment
    let maxColumns: Int
    let minColumns: Int

    /// - Parameters:
    ///   - max: never wider than this, columns.
    ///   - min: shrunk below this only when nothing else can give way.
    package init(_ header: String, _ alignment: Alignment = .left, max: Int = 200, min: Int = 4) {
      self.header = header
      self.alignment = alignment
      maxColumns = max
      minColumns = min
    }
  }

  package struct Cell: Sendable, ExpressibleByStringInterpolation {
    let text: String
    let tone: Style.Tone?

    package init(_ text: String, _ tone: Style.Tone? = nil) {
      self.text = text
      self.tone = tone
    }

    package init(stringLiteral text: String) { self.init(text) }
  }

  /// Spaces between columns.
  static let gap = 2
  /// Longest piece of a cell looked at, Unicode scalars; no screen shows more.
  static let cellScalarsMax = 2000

  package let columns: [Column]
  private var rows: [[Cell]] = []

  package init(_ columns: [Column]) { self.columns = columns }

  package var isEmpty: Bool { rows.isEmpty }

  /// Adds a row with as many cells as there are columns.
  package mutating func append(_ cells: [Cell]) {
    precondition(cells.count == columns.count, "a row has one cell for each column")
    rows.append(
      cells.map { cell in
        let start = String(cell.text.unicodeScalars.prefix(TextTable.cellScalarsMax))
        return Cell(Escaping.terminal(start), cell.tone)
      })
  }

  /// The lines of the table, header first, each at most `width` columns wide as long as that leaves
  /// one column for each cell.
  package func lines(width: Int, style: Style) -> [String] {
    let widths = fit(into: width)
    let header = columns.map { Cell($0.header, .bold) }
    return ([header] + rows).map { line($0, widths, style) }
  }

  private func line(_ cells: [Cell], _ widths: [Int], _ style: Style) -> String {
    var line = ""
    for (index, cell) in cells.enumerated() {
      let text = DisplayWidth.truncate(cell.text, columns: widths[index])
      let space = String(
        repeating: " ", count: max(0, widths[index] - DisplayWidth.columns(of: text)))
      let toned = style(cell.tone, text)
      if index > 0 { line += String(repeating: " ", count: TextTable.gap) }
      switch columns[index].alignment {
      case .right: line += space + toned
      case .left: line += toned + (index == cells.count - 1 ? "" : space)
      }
    }
    while line.last == " " { line.removeLast() }
    return line
  }

  /// Natural widths, then one column at a time taken from the widest that may still give way.
  private func fit(into width: Int) -> [Int] {
    var widths = columns.indices.map { index in
      let widest = rows.map { DisplayWidth.columns(of: $0[index].text) }.max() ?? 0
      return min(
        max(widest, DisplayWidth.columns(of: columns[index].header), 1), columns[index].maxColumns)
    }
    let room = width - TextTable.gap * max(0, columns.count - 1)
    var excess = widths.reduce(0, +) - room
    for floors in [columns.map(\.minColumns), columns.map { _ in 1 }] {
      while excess > 0 {
        let wider = widths.indices.filter { widths[$0] > floors[$0] }
        guard let widest = wider.max(by: { widths[$0] < widths[$1] }) else { break }
        widths[widest] -= 1
        excess -= 1
      }
    }
    return widths
  }
}

extension Output {
  /// A table as wide as the screen.
  package func table(_ table: TextTable) {
    lines(table.lines(width: settings.columns, style: style))
  }
}
