// Money in a group: grants, and the holds, charges and releases that follow from a job's events.

import LMDB
import Wire

extension Clerk where Source: ~Copyable, Snapshot: ~Copyable {
  mutating func decide(_ grant: Grant, _ group: inout Group, _ now: Timestamp) throws {
    guard grant.amount > .zero else {
      throw Refusal(
        .invalid, "a grant gives more than 0 credits",
        next: "ledger adjust \(grant.account) \(grant.amount) takes some away")
    }
    try refuseUncountable(views.totals.granted, grant.amount)
    let expires = grant.expires?.time(from: now)
    if let end = expires, end <= now {
      throw Refusal(.invalid, "the grant would end at \(end), which is past")
    }
    let name = Subject.Name.account(grant.account)
    var teller: Teller
    if let number = try views.number(of: name) {
      teller = try self.teller(for: number, id: grant.account, hold: Hold(), now)
    } else {
      teller = open(name, &group, now)
    }
    guard teller.account.buckets.count < Limits.bucketsPerAccount else {
      throw Refusal(
        .conflict,
        "account \(grant.account) has \(Limits.bucketsPerAccount) grants that are not used up",
        position: teller.account.last, next: "ledger account show \(grant.account)")
    }
    if let expired = teller.expire() { group.add(Draft(name, .creditExpired(expired))) }
    let body = CreditGranted(
      amount: grant.amount, lines: [BucketLine(bucket: group.next, amount: grant.amount)],
      account: teller.number, priority: grant.priority == 0 ? nil : grant.priority,
      expires: expires, reason: grant.reason.map { BlobReference($0) })
    group.add(Draft(name, .creditGranted(body)))
  }

  /// A sum that overflowed would end every process that opens the home.
  func refuseUncountable(_ sum: Credits, _ amount: Credits) throws(Refusal) {
    guard sum + amount <= Credits.sumLimit else {
      throw Refusal(.invalid, "\(sum) and \(amount) together are more than the books can count")
    }
  }

  /// Turns a job decision's steps into drafts, money in its place.
  mutating func add(
    _ steps: [JobStep], of name: Subject.Name, _ number: SubjectNumber, _ job: Job, step: UInt64,
    _ group: inout Group, _ now: Timestamp
  ) throws {
    for item in steps {
      switch item {
      case .event(let event, let nextAt):
        group.add(Draft(name, event, step: step, nextAt: nextAt))
      case .pause(let replyClass, let reason):
        let provider = try views.providerName(job.provider)
        group.add(
          Draft(
            .ledger,
            .ledgerSubmissionPaused(
              LedgerSubmissionPaused(
                provider: provider, class: replyClass, reason: BlobReference(reason))),
            cause: group.next - 1))
      case .hold(let amount):
        var teller = try self.teller(job, number, now)
        group.add(Draft(name, .creditHeld(try teller.hold(amount))))
      case .settle(let charge):
        try settle(charge, of: name, try self.teller(job, number, now), &group)
      }
    }
  }

  private mutating func settle(
    _ charge: Credits?, of name: Subject.Name, _ teller: Teller, _ group: inout Group
  ) throws {
    var teller = teller
    let evidence = group.next - 1
    if let charge {
      group.add(Draft(name, .creditCaptured(teller.capture(charge, evidence: evidence))))
      if teller.hold.open == .zero { return }
    }
    let (released, expired) = teller.release(evidence: evidence)
    group.add(Draft(name, .creditReleased(released)))
    if let expired { group.add(Draft(.account(teller.id), .creditExpired(expired))) }
  }

  private mutating func teller(
    _ job: Job, _ number: SubjectNumber, _ now: Timestamp
  ) throws -> Teller {
    let id = try views.subject(job.account)?.name.id ?? ""
    let hold = try views.hold(of: number) ?? Hold()
    return try teller(for: job.account, id: id, hold: hold, now)
  }

  /// An account with the buckets that a decision may touch.
  mutating func teller(
    for number: SubjectNumber, id: String, hold: Hold, _ now: Timestamp
  ) throws -> Teller {
    guard let account = try views.account(number) else {
      throw BooksError.inconsistent("account \(number) has no row")
    }
    var buckets: [(position: Position, bucket: Bucket)] = []
    for position in account.buckets + hold.lines.map(\.bucket)
    where !buckets.contains(where: { $0.position == position }) {
      if let bucket = try views.bucket(position) { buckets.append((position, bucket)) }
    }
    return Teller(
      number: number, id: id, account: account, buckets: buckets, hold: hold, now: now)
  }
}
