// ledger audit --invoice: what a provider bills, held against what was sent and what came in. Reads
// only.

import CommandLine
import Ledger
import Providers
import Wire

enum AuditInvoice {
  static let options: [Option] = [
    .value("invoice", .path, "Hold a provider's invoice against the books; CSV or NDJSON"),
    InvoiceSource.columns,
    .value("rate", .credits, "Credits for one of the provider's unit, for the margin"),
    InvoiceSource.window,
  ]
  static let rules: [Rule] = [
    .needs("invoice", "provider"), .needs("columns", "invoice"), .needs("rate", "invoice"),
    .needs("window", "invoice"),
  ]

  static func run(_ session: Session, _ arguments: Arguments, _ path: String) throws -> ExitCode {
    var selector = try arguments.selector(now: session.now)
    let source = try InvoiceSource(
      session, arguments, path: path, provider: arguments.required("provider"), keepsRows: false)
    var terms = try source.terms(arguments, now: session.now)
    if let rate = try arguments.credits("rate") {
      guard rate > .zero else { throw Failure.usage("--rate is more than nothing") }
      terms.rate = rate
    }
    let units = Set(source.invoice.lines.map(\.unit)).sorted()
    if units.count > 1 {
      guard !arguments.isGiven("rate") else {
        throw Failure.usage(
          "the invoice counts in \(units.prefix(4).joined(separator: ", ")): one rate cannot serve "
            + "them all", next: "--columns amount=COLUMN,currency==usd,external_id=COLUMN")
      }
      terms.rate = nil
    }
    (terms.since, terms.until) = (selector.since, selector.until)
    // A pipeline's step may be another provider's than the one the job is at, and times are those
    // of lines.
    (selector.provider, selector.since, selector.until) = (nil, nil, nil)
    let limit = selector.limit
    selector.limit = nil
    let (reconciliation, head) = try session.read { snapshot in
      let calls = try snapshot.calls(to: source.profile.name)
      var result = Reconciliation(source.invoice, calls, terms)
      if selector != Selector() {
        try result.keep { try snapshot.means(selector, $0) }
      }
      return (result, snapshot.head)
    }
    let report = InvoiceReport(
      provider: source.profile.name, account: selector.account, source: source.invoice,
      reconciliation: reconciliation, rate: terms.rate, head: head)
    if session.output.settings.isJSON {
      for entry in reconciliation.entries where !session.output.isReaderGone {
        session.output.json(report.json(entry))
      }
      session.output.json(report.json)
    } else {
      var screen = Screen(session.output, now: session.now)
      screen.invoice(report, shown: limit ?? 20, session)
      session.output.lines(screen.lines)
    }
    return reconciliation.findings == 0 ? .ok : .no
  }
}

/// What came of an invoice, ready to be told.
struct InvoiceReport {
  let provider: String
  /// The account that was asked about.
  let account: String?
  let source: Invoice
  let reconciliation: Reconciliation
  let rate: Credits?
  let head: Position

  func advice(_ entry: ReconciliationEntry) -> String? {
    reconciliation.advice(entry, provider: provider, account: account, rate: rate)
  }

  /// A line of the answer: an entry.
  func json(_ entry: ReconciliationEntry) -> JSON {
    let line = entry.lines.first.map { reconciliation.lines[$0] }
    let call = entry.call.map { reconciliation.calls[$0] }
    return [
      "class": .string(entry.kind.rawValue), "line": line.map { .int($0.number) } ?? .null,
      "line_id": .text(line?.id), "lines": .int(entry.lines.count),
      "external_id": .text(line?.externalID ?? call?.externalID), "job": .text(call?.job),
      "step": call.map { .int($0.step) } ?? .null, "account": .text(call?.account),
      "state": .text(call?.state.name), "model": .text(call?.model ?? line?.model),
      "certainty": .text(entry.certainty?.name),
      "quantity": line == nil ? .null : .string(entry.quantity.description),
      "unit": .text(entry.unit), "credits": .string(entry.credits.description),
      "expected": entry.expected.map(JSON.credits) ?? .null,
      "billed_at": .time(line?.billedAt), "do": .text(advice(entry).map { "ledger \($0)" }),
    ]
  }

  /// The last line.
  var json: JSON {
    let classes = ReconciliationClass.allCases.map { kind in
      JSONObject.Member(kind.rawValue, .int(reconciliation.count(kind)))
    }
    return [
      "audit": .string(reconciliation.findings == 0 ? "ok" : "findings"),
      "provider": .string(provider), "lines": .int(reconciliation.lines.count),
      "skipped": .int(source.skipped), "repeated_lines": .int(source.repeated),
      "calls": .int(reconciliation.calls.count),
      "since": .time(reconciliation.period?.lowerBound),
      "until": .time(reconciliation.period?.upperBound),
      "classes": .object(JSONObject(classes)), "findings": .int(reconciliation.findings),
      "rate": rate.map(JSON.credits) ?? .null,
      "margins": .array(
        reconciliation.margins(rate: rate).map { margin in
          [
            "model": .text(margin.model), "unit": .string(margin.unit),
            "calls": .int(margin.calls), "unknown": .int(margin.unknown),
            "quantity": .string(margin.quantity.description),
            "credits": .string(margin.income.description),
            "cost": .text(margin.cost?.description), "margin": .text(margin.margin?.description),
          ]
        }),
      "head": .int(head),
    ]
  }
}
