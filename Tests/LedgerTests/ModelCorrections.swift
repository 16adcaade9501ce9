// The rules of refunds, corrections, ends and late charges once more, for the random histories.

import Ledger
import Wire

extension ModelBooks {
  /// What of an account has ended by now ends.
  mutating func ends(of account: String, _ now: Timestamp) throws -> [EventType] {
    guard accounts[account] != nil else { throw ModelRefusal(code: .notFound) }
    return accounts[account]!.expire(now) > 0 ? [.creditExpired] : []
  }

  mutating func decide(_ refund: Refund, _ now: Timestamp) throws -> [EventType] {
    guard let job = jobs[refund.job] else { throw ModelRefusal(code: .notFound) }
    let left = job.captured - job.refunded
    let amount = refund.amount?.micros ?? left
    if refund.amount == .zero, left > 0 { throw ModelRefusal(code: .invalid) }
    guard amount > 0, amount <= left else { throw ModelRefusal(code: .conflict) }
    let events = try ends(of: job.account, now)
    grants += 1
    var lines = job.charged
    accounts[job.account]!.refund(amount, of: &lines, number: grants, now)
    jobs[refund.job]!.charged = lines
    jobs[refund.job]!.refunded += amount
    return events + [.creditRefunded]
  }

  mutating func decide(_ adjustment: Adjustment, _ now: Timestamp) throws -> [EventType] {
    guard adjustment.amount != .zero else { throw ModelRefusal(code: .invalid) }
    let events = try ends(of: adjustment.account, now)
    grants += 1
    let amount = adjustment.amount.micros
    guard accounts[adjustment.account]!.adjust(by: amount, number: grants) else {
      throw ModelRefusal(code: .insufficientCredits)
    }
    return events + [.creditAdjusted]
  }

  /// A success after the end: charged whole where policy and account allow it, else written off.
  mutating func recover(_ id: String, price: Int64, _ now: Timestamp) -> [EventType] {
    let job = jobs[id]!
    jobs[id]!.state = .succeeded
    let owed = max(price - job.captured, 0)
    var account = accounts[job.account]!
    let ended = account.expire(now)
    guard policies["late_success"] == "charge", account.available >= owed else {
      jobs[id]!.writtenOff = job.hold - job.captured
      return [.jobRecovered]
    }
    guard owed > 0 else { return [.jobRecovered] }
    jobs[id]!.lines = account.hold(owed)!
    jobs[id]!.hold += owed
    accounts[job.account] = account
    return [.jobRecovered] + (ended > 0 ? [.creditExpired] : []) + [.creditHeld]
      + settle(id, charge: owed, now)
  }
}
