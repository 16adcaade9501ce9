// What people and time do to an account: limits, refunds, corrections, ends of credits.

import LMDB
import Wire

extension Clerk where Source: ~Copyable, Snapshot: ~Copyable {
  /// How far the account may go below zero; not less than it is already.
  mutating func setLimit(
    _ limit: Credits, of id: String, _ reason: String?, _ group: inout Group, _ now: Timestamp
  ) throws {
    let (name, teller) = try tellerAfterEnds(id, &group, now)
    guard teller.account.available + limit >= .zero else {
      throw Refusal(
        .conflict,
        "account \(id) is at \(teller.account.available) since position \(teller.account.last): "
          + "its limit cannot be less than that",
        position: teller.account.last,
        next: "ledger account set \(id) --limit \(-teller.account.available)")
    }
    let body = AccountLimitSet(limit: limit, reason: reason.map { BlobReference($0) })
    group.add(Draft(name, .accountLimitSet(body)))
  }

  /// Gives a charge back: never more than was captured and not refunded.
  mutating func decide(_ refund: Refund, _ group: inout Group, _ now: Timestamp) throws {
    let name = Subject.Name.job(refund.job)
    guard let number = try views.number(of: name), let job = try views.job(number) else {
      throw Refusal(.notFound, "there is no job \(refund.job)", next: "ledger status")
    }
    let left = job.captured - job.refunded
    let amount = refund.amount ?? left
    guard amount > .zero, amount <= left else {
      throw try tooMuch(refund, job, number, left)
    }
    var teller = try self.teller(job, number, now)
    try refuseIfFull(teller)
    if let expired = teller.expire() {
      group.add(Draft(.account(teller.id), .creditExpired(expired)))
    }
    let body = teller.refund(amount, at: group.next, reason: refund.reason)
    group.add(Draft(name, .creditRefunded(body), step: UInt64(job.step)))
  }

  private mutating func tooMuch(
    _ refund: Refund, _ job: Job, _ number: SubjectNumber, _ left: Credits
  ) throws -> Refusal {
    let status = "ledger status \(refund.job)"
    if let amount = refund.amount, amount == .zero, left > .zero {
      return Refusal(.invalid, "a refund gives more than 0 credits back", next: status)
    }
    guard let captured = try capture(of: number) else {
      return Refusal(
        .conflict, "job \(refund.job) was never charged: it is \(job.state.name)",
        position: job.verdict != 0 ? job.verdict : job.submitted, next: status)
    }
    return Refusal(
      .conflict,
      "job \(refund.job) was charged \(job.captured) at position \(captured)"
        + (job.refunded > .zero ? " and \(job.refunded) of it is refunded" : "")
        + ": \(left) can be given back",
      position: captured,
      next: left > .zero ? "ledger refund \(refund.job) \(left) --reason ..." : status)
  }

  /// The newest capture of a job, found by walking its chain back.
  private mutating func capture(of number: SubjectNumber) throws -> Position? {
    var position = try views.subject(number)?.last ?? 0
    while let event = try log.event(at: position) {
      if event.event.type == .creditCaptured { return position }
      position = event.header.previous
    }
    return nil
  }

  /// A person's correction of an account that exists.
  mutating func decide(_ adjustment: Adjustment, _ group: inout Group, _ now: Timestamp) throws {
    let amount = adjustment.amount
    guard amount != .zero else {
      throw Refusal(.invalid, "a correction of 0 credits changes nothing")
    }
    var (name, teller) = try tellerAfterEnds(adjustment.account, &group, now)
    for sum in [views.totals.adjusted, teller.account.adjusted] {
      try refuseUncountable(sum.magnitude, amount.magnitude)
    }
    if amount > .zero { try refuseIfFull(teller) }
    let body = try teller.adjust(by: amount, at: group.next, reason: adjustment.reason)
    group.add(Draft(name, .creditAdjusted(body)))
  }

  /// Unheld credits of buckets whose end has come; by the poller's tick.
  mutating func expire(_ id: String, _ group: inout Group, _ now: Timestamp) throws {
    let (_, teller) = try tellerAfterEnds(id, &group, now)
    guard !group.drafts.isEmpty else {
      throw Refusal(
        .conflict, "no credits of account \(id) have come to their end",
        position: teller.account.last, next: "ledger account show \(id)")
    }
  }

  /// An existing account's teller; what has ended by now ends first, in this group.
  private mutating func tellerAfterEnds(
    _ id: String, _ group: inout Group, _ now: Timestamp
  ) throws -> (Subject.Name, Teller) {
    let (name, number) = try account(id)
    var teller = try self.teller(for: number, id: id, hold: Hold(), now)
    if let expired = teller.expire() { group.add(Draft(name, .creditExpired(expired))) }
    return (name, teller)
  }

  /// One more bucket must fit into the lines that one event may have.
  func refuseIfFull(_ teller: Teller) throws(Refusal) {
    guard teller.account.buckets.count < Limits.bucketsPerAccount else {
      throw Refusal(
        .conflict,
        "account \(teller.id) has \(Limits.bucketsPerAccount) grants that are not used up",
        position: teller.account.last, next: "ledger account show \(teller.id)")
    }
  }
}
