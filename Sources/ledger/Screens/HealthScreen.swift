// What doctor found, for a person: a line for each thing that is well, and under what is not, the
// mend.

import CommandLine
import Ledger
import Wire

extension Screen {
  private static let checkColumns = 14

  mutating func health(_ finding: HealthFinding, _ session: Session) {
    let margin = "  " + EventLines.pad(finding.level.rawValue, 6)
    let tone: Style.Tone? =
      switch finding.level {
      case .ok: nil
      case .warn: .attention
      case .bad: .bad
      }
    let indent = 8 + Screen.checkColumns
    let start = String(finding.detail.unicodeScalars.prefix(1000))
    let parts = Wrap.lines(Escaping.terminal(start), columns: max(20, columns - indent))
    for (index, part) in parts.enumerated() {
      let left =
        index == 0
        ? style(tone, margin) + EventLines.pad(finding.check, Screen.checkColumns)
        : String(repeating: " ", count: indent)
      line(left + part)
    }
    guard finding.level != .ok, let mend = finding.mend else { return }
    let command =
      mend.hasPrefix("ledger ") ? session.command(String(mend.dropFirst("ledger ".count))) : mend
    self.command(String(repeating: " ", count: indent) + "try: ", command)
  }

  mutating func verdict(bad: Int, warnings: Int, head: Position?) {
    let noun = warnings == 1 ? "warning" : "warnings"
    let words =
      bad > 0
      ? "\(bad) bad, \(warnings) \(noun)"
      : warnings > 0 ? "well, with \(warnings) \(noun)" : "all is well"
    let tone: Style.Tone = bad > 0 ? .bad : warnings > 0 ? .attention : .good
    line(style(tone, words) + (head.map { " · head \($0)" } ?? ""))
  }
}
