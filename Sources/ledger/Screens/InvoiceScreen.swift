// The screen of an invoice held against the books.

import CommandLine
import Ledger
import Wire

extension Screen {
  /// - Parameter shown: findings of each class that are listed.
  mutating func invoice(_ report: InvoiceReport, shown: Int, _ session: Session) {
    let result = report.reconciliation
    let lines = result.lines.count
    line(
      style(
        .bold,
        "\(report.provider): \(Human.count(lines)) \(lines == 1 ? "line" : "lines"), "
          + "\(Human.count(result.calls.count)) calls of ours"))
    if let period = result.period {
      line("  \(Screen.clock(period.lowerBound)) to \(Screen.clock(period.upperBound))")
    }
    blank()
    for kind in ReconciliationClass.allCases {
      findings(kind, report, shown: shown, session)
    }
    let findings = result.findings
    if findings == 0 { blank() }
    margins(report)
    let words = findings == 0 ? "the invoice fits the books" : "\(Human.count(findings)) findings"
    line("\(style(findings == 0 ? .good : .bad, words)) · head \(report.head)")
  }

  private mutating func findings(
    _ kind: ReconciliationClass, _ report: InvoiceReport, shown: Int, _ session: Session
  ) {
    let result = report.reconciliation
    let entries = result.entries.filter { $0.kind == kind }
    guard kind.isFinding, !entries.isEmpty else {
      if kind == .matched {
        let probable = entries.count { $0.certainty == .probable }
        line(
          "  \(style(.good, "matched"))  \(Human.count(entries.count))"
            + (probable == 0 ? "" : ", \(Human.count(probable)) of them probably"))
        for entry in entries.filter({ report.advice($0) != nil }).prefix(shown) {
          advise(entry, report, session)
        }
      }
      return
    }
    line("  \(style(.bad, "FINDINGS"))  \(kind.rawValue), \(kind.words): \(entries.count)")
    var table = TextTable([
      .init("  LINE", .right), .init("ID", min: 12), .init("JOB", min: 8),
      .init("QUANTITY", .right, min: 8), .init("UNIT"), .init("CREDITS", .right, min: 7),
    ])
    for entry in entries.prefix(shown) {
      let row = entry.lines.first.map { result.lines[$0] }
      let call = entry.call.map { result.calls[$0] }
      let credits = entry.expected.map { "\($0) expected" } ?? entry.credits.description
      table.append([
        .init(row.map { "\($0.number)" } ?? "-"),
        .init(Screen.harmless(row?.externalID ?? row?.id ?? call?.externalID ?? "-")),
        .init(call?.job ?? "-"), .init(row == nil ? "-" : entry.quantity.description),
        .init(Screen.harmless(entry.unit ?? "-")), .init(entry.call == nil ? "-" : credits),
      ])
    }
    self.table(table)
    for entry in entries.prefix(shown) { advise(entry, report, session) }
    if entries.count > shown {
      line("    \(Human.count(entries.count - shown)) more: --limit N, or --json for all")
    }
    blank()
  }

  private mutating func advise(
    _ entry: ReconciliationEntry, _ report: InvoiceReport, _ session: Session
  ) {
    guard let advice = report.advice(entry) else { return }
    next(session.command(advice))
  }

  private mutating func margins(_ report: InvoiceReport) {
    let margins = report.reconciliation.margins(rate: report.rate)
    guard !margins.isEmpty else { return }
    var table = TextTable([
      .init("MODEL", min: 12), .init("CALLS", .right), .init("BILLED", .right, min: 6),
      .init("UNIT"), .init("CREDITS IN", .right, min: 7), .init("COST", .right, min: 6),
      .init("MARGIN", .right, min: 6),
    ])
    for margin in margins {
      table.append([
        .init(Screen.harmless(margin.model ?? "-")), .init(Human.count(margin.calls)),
        .init(Human.grouped(margin.quantity.description)), .init(Screen.harmless(margin.unit)),
        .init(Human.grouped(margin.income.description)),
        .init(margin.cost.map { Human.grouped($0.description) } ?? "-"),
        .init(
          margin.margin.map { Human.grouped($0.description) } ?? "-",
          margin.margin.map { $0 < .zero ? .bad : nil } ?? nil),
      ])
    }
    self.table(table)
    if report.rate == nil { sentence("  for a margin in credits: --rate CREDITS_PER_UNIT", .dim) }
    blank()
  }

  /// Text of a file: what a spreadsheet would take for a formula is shown quoted, for screens are
  /// pasted into spreadsheets.
  static func harmless(_ text: String) -> String {
    guard text.count > 1, let first = text.utf8.first, Array("=+-@".utf8).contains(first) else {
      return text
    }
    return "'\(text)'"
  }
}

extension ReconciliationClass {
  /// What it means, for people.
  fileprivate var words: String {
    switch self {
    case .matched: "matched"
    case .oursOnly: "sent and not billed"
    case .theirsOnly: "billed, and no job has it"
    case .amountsDiffer: "billed otherwise than reported"
    case .billedWithoutCapture: "billed, and nobody paid"
    case .capturedNotBilled: "paid, and not billed"
    }
  }
}
