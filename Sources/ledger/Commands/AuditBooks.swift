// ledger audit: the books, added up again from the events alone.

import CommandLine
import Ledger
import Wire

enum AuditBooks {
  static let declaration = Declaration(
    "audit", .check, "Add the books up again from the events alone",
    details: """
      The whole log is read; the selector says which findings are told, --limit how many of each \
      check. Exit 1 when there are findings; each names the command that mends it.

      With --invoice the lines of a provider's invoice are held against what was sent to it: by \
      the provider's id, else probably, by model and time. Which column is what stands in the \
      provider's profile or in --columns (schemas/invoice-map.schema.json). Its unit stays its \
      own; with --rate there is a margin in credits, and reported and charged amounts are compared.
      """,
    options: AuditInvoice.options, selector: true, rules: AuditInvoice.rules,
    examples: [
      "ledger audit", "ledger audit --account acme --since 30d --json",
      "ledger audit --invoice november.csv --provider replicate",
      "ledger audit --invoice usage.csv --provider fal --rate 12.5 \\\n"
        + "    --columns external_id=id,quantity=cost,unit==usd,billed_at=time",
    ])

  /// Findings of a check on a screen when `--limit` does not say.
  private static let shown = 10

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    try session.requireDirectory()
    if let path = arguments.string("invoice") {
      return try AuditInvoice.run(session, arguments, path)
    }
    let selector = try arguments.selector(now: session.now)
    var progress = Progress("auditing", output: session.output)
    let report = try Audit(session.home, selector, now: session.now).run { done, total in
      progress.update(Int(done), of: Int(total))
    }
    progress.finish()
    if session.output.settings.isJSON {
      for result in report.results { session.output.json(result.json) }
      session.output.json(report.json)
    } else {
      var screen = Screen(session.output, now: session.now)
      screen.audit(report, shown: selector.limit ?? shown, session)
      session.output.lines(screen.lines)
    }
    return report.isOK ? .ok : .no
  }
}

extension Screen {
  fileprivate mutating func audit(_ report: AuditReport, shown: Int, _ session: Session) {
    for result in report.results {
      guard !result.isOK else {
        line("  ok        \(result.check)")
        continue
      }
      line("  \(style(.bad, "FINDINGS"))  \(result.check): \(Human.count(result.count))")
      for finding in result.findings.prefix(shown) { self.finding(finding, session) }
      if result.count > shown {
        line("    \(Human.count(result.count - shown)) more: \(session.command("audit --json"))")
      }
    }
    if report.charged.jobs > 0 {
      sentence(
        "\(Human.grouped(report.charged.amount.description)) credits were charged elsewhere, for "
          + "\(Human.count(report.charged.jobs)) adopted jobs; they are not in these books")
    }
    let words =
      report.isOK
      ? "the books are in order" : "\(Human.count(report.findings)) findings"
    line("\(style(report.isOK ? .good : .bad, words)) · head \(report.head)")
  }

  private mutating func finding(_ finding: AuditFinding, _ session: Session) {
    let place = finding.positions.map { "\($0)" }.joined(separator: ", ")
    let names = [finding.job, finding.account].compactMap { $0 }.joined(separator: ", ")
    let about = names.isEmpty ? "" : "\(names): "
    let text = "\(about)\(finding.message) (position \(place))"
    for (index, part) in Wrap.lines(Escaping.terminal(text), columns: columns - 6).enumerated() {
      line((index == 0 ? "    - " : "      ") + part)
    }
    guard finding.mend.hasPrefix("ledger ") else { return }
    line("      try: \(session.command(String(finding.mend.dropFirst("ledger ".count))))")
  }
}
