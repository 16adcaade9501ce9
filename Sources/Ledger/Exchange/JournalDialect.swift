// How the two plain-text accounting programs want the same things written.

import Wire

/// The program that a journal is for.
package enum JournalDialect: Sendable {
  /// hledger 1.25 or newer.
  case hledger
  /// Beancount 2 or 3.
  case beancount
}

/// One group of events as a transaction.
struct JournalEntry: Sendable {
  /// `2026-11-21`.
  let date: String
  let at: Timestamp
  /// Of the group's first credit event.
  let position: Position
  /// Types of the events that move credits.
  var types: [String]
  /// `job:demo-1`.
  let subject: String
  var postings: [(name: String, amount: Credits)]
}

extension JournalDialect {
  func preamble(_ scope: ExportScope, commodity: String, date: String) -> [String] {
    let origin = "ledger \(Hex.text(scope.ledgerID)), positions \(scope.after + 1) to \(scope.head)"
    let signs = "Signs are the customers': what they have is positive, what was issued negative."
    switch self {
    case .hledger:
      return [
        "; \(origin)", "; \(signs)", "commodity 1000.000000 \(commodity)",
        "  ; unit: \(JournalName.tag(scope.unit))", "",
      ]
    case .beancount:
      return [
        "; \(signs)", "option \"title\" \(JournalName.quoted(origin))",
        "option \"operating_currency\" \"\(commodity)\"", "", "\(date) commodity \(commodity)",
        "  unit: \(JournalName.quoted(scope.unit))", "",
      ]
    }
  }

  /// Declares an account before its first posting.
  /// - Parameter id: whose it is; nil for the house's own.
  func opening(_ name: String, id: String?, commodity: String, date: String) -> [String] {
    switch self {
    case .hledger: ["account \(name)" + (id.map { "  ; account: \($0)" } ?? "")]
    case .beancount:
      ["\(date) open \(name) \(commodity)"]
        + (id.map { ["  account: \(JournalName.quoted($0))"] } ?? [])
    }
  }

  func transaction(_ entry: JournalEntry, commodity: String) -> [String] {
    let types = entry.types.joined(separator: " ")
    var lines: [String]
    switch self {
    case .hledger:
      lines = [
        "\(entry.date) * (\(entry.position)) \(types)",
        "    ; at: \(entry.at), subject: \(JournalName.tag(entry.subject))",
      ]
    case .beancount:
      lines = [
        "\(entry.date) * \(JournalName.quoted(types))", "  position: \(entry.position)",
        "  at: \"\(entry.at)\"", "  subject: \(JournalName.quoted(entry.subject))",
      ]
    }
    lines += entry.postings.map { "    \($0.name)  \($0.amount.fixed) \(commodity)" }
    return lines + [""]
  }

  /// States what accounts hold: at the beginning of `date` (Beancount), or here (hledger). Exact:
  /// Beancount's own tolerance of a millionth would let a lost micro-credit pass.
  func assertions(
    _ balances: [(name: String, amount: Credits)], commodity: String, date: String,
    after position: Position
  ) -> [String] {
    if balances.isEmpty { return [] }
    switch self {
    case .hledger:
      return ["\(date) * balances after position \(position)"]
        + balances.map {
          "    \($0.name)  0.000000 \(commodity) = \($0.amount.fixed) \(commodity)"
        } + [""]
    case .beancount:
      return balances.map {
        "\(date) balance \($0.name)  \($0.amount.fixed) ~ 0.000000 \(commodity)"
      } + [""]
    }
  }
}
