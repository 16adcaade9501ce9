// ledger bill: the lines of a provider's invoice, recorded once each.

import CommandLine
import Ledger
import Providers
import Wire

enum BillInvoice {
  static let declaration = Declaration(
    "bill", .check, "Record a provider's invoice, each line once",
    details: """
      Every line becomes an event about its provider, with the job it is for where one is found. \
      A line that is recorded already is passed over, so the same file, or a longer one, can be \
      given again. A line that says something else than before is a conflict: nothing is written.

      Which column is what stands in the provider's profile, or in --columns \
      (schemas/invoice-map.schema.json). Nothing is charged or refunded: ledger audit --invoice \
      says what fits and what does not.
      """,
    operands: [.required("FILE", .path, "The invoice, CSV or NDJSON; - for standard input")],
    options: [
      .required("provider", .identifier, "Whose invoice", as: "P"), InvoiceSource.columns,
      InvoiceSource.window, .flag("dry-run", "Say what would be recorded, and write nothing"),
    ],
    examples: [
      "ledger bill november.csv --provider replicate",
      "ledger bill usage.csv --provider fal \\\n"
        + "    --columns external_id=id,quantity=cost,unit==usd",
    ])

  /// Groups of one commit.
  private static let batchGroups = 64

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let source = try InvoiceSource(
      session, arguments, path: arguments.required("FILE"),
      provider: arguments.required("provider"), keepsRows: true)
    let terms = try source.terms(arguments, now: session.now)
    let isRehearsal = arguments.flag("dry-run")
    let provider = source.profile.name
    var plan = try session.read { snapshot in
      let calls = try snapshot.calls(to: provider)
      return try BillingPlan(Reconciliation(source.invoice, calls, terms), provider, &snapshot)
    }
    let recorded = plan.lines.count
    var position = plan.head
    if !isRehearsal {
      var progress = Progress("recording", output: session.output)
      while let actions = plan.next(groups: batchGroups) {
        for result in try session.write(actions, cause: plan.invoice) {
          let receipt = try result.get()
          position = max(position, receipt.position)
          // The lines of one invoice are held together by the first of them.
          if plan.invoice == 0 { plan.invoice = receipt.events.first?.position ?? 0 }
        }
        progress.update(recorded - plan.lines.count, of: recorded)
      }
      progress.finish()
    }
    guard !session.output.settings.isJSON else {
      session.output.json([
        "bill": .string(provider), "lines": .int(source.invoice.lines.count),
        "recorded": .int(recorded), "existing": .int(plan.existing),
        "skipped": .int(source.invoice.skipped), "repeated_lines": .int(source.invoice.repeated),
        "matched": .int(plan.matched), "probable": .int(plan.probable),
        "unknown": .int(recorded - plan.matched - plan.probable), "position": .int(position),
        "repeated": .bool(recorded == 0), "dry_run": .bool(isRehearsal),
      ])
      return .ok
    }
    let what = recorded == 1 ? "line" : "lines"
    let done =
      isRehearsal ? "would be recorded; nothing was written" : "recorded for \(provider)"
    session.output.line(
      "\(Human.count(recorded)) \(what) \(done): \(Human.count(plan.matched)) matched with jobs, "
        + "\(Human.count(plan.probable)) probably, "
        + "\(Human.count(recorded - plan.matched - plan.probable)) of no job; "
        + "\(Human.count(plan.existing)) known before (head \(position))")
    session.output.note(
      "  try: "
        + session.command(
          "audit --provider \(provider) --invoice "
            + ShellText.quoted(arguments.required("FILE"))))
    return .ok
  }
}

/// The lines that are to be recorded.
private struct BillingPlan {
  let provider: String
  let head: Position
  private(set) var lines: ArraySlice<BilledLine> = []
  /// Lines that are recorded already.
  private(set) var existing = 0
  /// New lines that have a job, by how sure that is.
  private(set) var matched = 0
  private(set) var probable = 0
  /// The first line recorded of this invoice; 0: none yet.
  var invoice: Position = 0

  /// - Throws: `Refusal` for a line that is recorded with other content.
  init(
    _ reconciliation: Reconciliation, _ provider: String, _ snapshot: inout Snapshot
  ) throws {
    self.provider = provider
    head = snapshot.head
    var jobs = [(id: String, certainty: Certainty)?](
      repeating: nil, count: reconciliation.lines.count)
    for entry in reconciliation.entries {
      guard let call = entry.call, let certainty = entry.certainty else { continue }
      for line in entry.lines { jobs[line] = (reconciliation.calls[call].job, certainty) }
    }
    for (index, line) in reconciliation.lines.enumerated() {
      let billed = BilledLine(
        number: line.number, lineID: line.id, quantity: line.quantity, unit: line.unit,
        billedAt: line.billedAt, job: jobs[index], row: line.row ?? .object(JSONObject()))
      guard let known = try snapshot.bill(provider: provider, lineID: line.id) else {
        lines.append(billed)
        switch jobs[index]?.certainty {
        case .exact: matched += 1
        case .probable: probable += 1
        case nil: break
        }
        continue
      }
      guard case .providerBilled(let body) = known.event else { continue }
      guard billed.isSame(as: body) else {
        throw billed.conflict(with: body, at: known.position)
      }
      existing += 1
      let first = known.envelope.cause == 0 ? known.position : known.envelope.cause
      invoice = invoice == 0 ? first : min(invoice, first)
    }
  }

  /// The next groups; nil when all lines are recorded. The first group goes alone, for the others
  /// name its first line.
  mutating func next(groups: Int) -> [Action]? {
    guard !lines.isEmpty else { return nil }
    var actions: [Action] = []
    while !lines.isEmpty, actions.count < (invoice == 0 ? 1 : groups) {
      actions.append(
        .bill(Billing(provider: provider, lines: Array(lines.prefix(Limits.groupEvents)))))
      lines = lines.dropFirst(Limits.groupEvents)
    }
    return actions
  }
}
