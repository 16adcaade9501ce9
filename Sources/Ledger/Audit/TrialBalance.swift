// Every group's postings add up to zero (PRODUCT, invariant 4). The house's side of a credit event
// is its amount, the customers' side its lines: that both are the same is all that can go wrong.

import Wire

struct TrialBalance: AuditCheck {
  static let name = "trial_balance"

  mutating func look(
    at group: AuditGroup, _ jobs: AuditJobs, _ findings: inout AuditFindings
  ) {
    for posting in group.postings {
      let movement = posting.movement
      let difference = movement.amount - movement.lines.total
      guard difference != .zero else { continue }
      let account = jobs.name(movement.account)
      findings.add(
        jobs.finding(
          posting, [posting.event.position], difference,
          "\(posting.event.event.type.name) moves \(movement.amount), its lines "
            + "\(movement.lines.total)",
          mend: "ledger adjust \(account) \(difference) --reason 'trial balance'"))
    }
  }
}
