// What to type next about a line of an invoice or a job without one.

import CommandLine
import Ledger
import Wire

extension Reconciliation {
  /// The command that mends an entry, or shows it where a person must decide, without `ledger `;
  /// nil where there is nothing to do.
  func advice(
    _ entry: ReconciliationEntry, provider: String, account: String?, rate: Credits?
  ) -> String? {
    let line = entry.lines.first.map { lines[$0] }
    guard let call = entry.call.map({ calls[$0] }) else {
      guard let line else { return nil }
      guard let id = InvoiceAdvice.word("external-id", line.externalID) else {
        return "status --provider \(provider)"
      }
      let model = InvoiceAdvice.word("model", line.model).map { " \($0)" } ?? ""
      let charged = InvoiceAdvice.charge(entry, rate)
      return "track --provider \(provider) \(id)\(model) --account \(account ?? "ACCOUNT") "
        + "--hold 0 --charged \(charged)"
    }
    if entry.certainty == .probable, call.externalID == nil,
      [.uncertain, .parked].contains(call.state),
      let id = InvoiceAdvice.word("external-id", line?.externalID)
    {
      return "track --id \(call.job) --provider \(provider) \(id) --account \(call.account)"
    }
    switch entry.kind {
    case .matched, .theirsOnly: return nil
    case .billedWithoutCapture where !call.state.isTerminal: return "check \(call.job)"
    case .billedWithoutCapture, .oursOnly, .amountsDiffer, .capturedNotBilled:
      return "timeline \(call.job)"
    }
  }
}

private enum InvoiceAdvice {
  /// Text of a file is not to be trusted in a command.
  static func word(_ name: String, _ text: String?) -> String? {
    ShellText.quoted(foreign: text).map { ShellText.option(name, $0) }
  }

  /// What the app took, as far as the invoice can tell: by the rate, or the provider's credits one
  /// for one, for whoever types it to correct.
  static func charge(_ entry: ReconciliationEntry, _ rate: Credits?) -> String {
    let known = rate.flatMap { entry.quantity.credits(at: $0) }
    if let known { return known >= .zero ? "\(known)" : "0" }
    guard entry.unit == "credits", let credits = Credits("\(entry.quantity)"), credits >= .zero
    else { return "CREDITS" }
    return "\(credits)"
  }
}
