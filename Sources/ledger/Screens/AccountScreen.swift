// An account for a person.

import CommandLine
import Ledger
import Wire

extension Screen {
  /// The sums, and how available comes of the others.
  mutating func balance(_ status: AccountStatus) {
    let account = status.account
    line(
      style.bold(Escaping.terminal(status.id)) + "  "
        + "\(Human.grouped("\(account.available)")) \(Escaping.terminal(status.unit)) available")
    let sums = [
      ("granted", account.granted), ("expired", account.expired), ("held", account.held),
      ("captured", account.captured), ("refunded", account.refunded),
      ("adjusted", account.adjusted), ("limit", account.limit),
    ]
    for (label, amount) in sums where amount != .zero {
      field(label, Human.grouped(amount.description))
    }
    if status.asOf != status.head { field("as of", "\(status.asOf)") }
    field("head", "\(status.head)")
  }

  /// The balance and what it is made of.
  mutating func account(_ status: AccountStatus) {
    balance(status)
    field("opened", moment(status.openedAt))
    guard !status.grants.isEmpty else { return }
    blank()
    var table = TextTable([
      .init("GRANT", .right), .init("AVAILABLE", .right), .init("PRIORITY", .right),
      .init("EXPIRES"),
    ])
    for grant in status.grants {
      table.append([
        .init("\(grant.position)"), .init(Human.grouped(grant.available.description)),
        .init("\(grant.priority)"), .init(moment(grant.expires) ?? "never"),
      ])
    }
    self.table(table)
  }
}
