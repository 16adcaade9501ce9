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
    try refuseIfFull(teller)
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
    var teller: Teller?
    // What earned or ended the money that follows: the newest event about the job.
    var evidence: Position = 0
    var completed: Position = 0
    for item in steps {
      switch item {
      case .event(let event, let nextAt):
        evidence = group.next
        if case .jobStepSucceeded = event { completed = evidence }
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
        var payer = try teller ?? self.teller(job, number, now)
        if let expired = payer.expire() {
          group.add(Draft(.account(payer.id), .creditExpired(expired)))
        }
        group.add(Draft(name, .creditHeld(try payer.hold(amount))))
        teller = payer
      case .settle(let earned, let charge):
        var payer = try teller ?? self.teller(job, number, now)
        let paid = earned.filter { $0.amount > .zero }
        for share in paid {
          let proof = share.evidence == 0 ? completed : share.evidence
          let captured = payer.capture(share.amount, evidence: proof)
          group.add(Draft(name, .creditCaptured(captured)))
        }
        // Nothing is left to give back, nor to charge.
        if !paid.isEmpty, charge == nil, payer.hold.open == .zero { break }
        settle(charge, of: name, &payer, evidence, &group)
        teller = payer
      }
    }
  }

  private func settle(
    _ charge: Credits?, of name: Subject.Name, _ teller: inout Teller, _ evidence: Position,
    _ group: inout Group
  ) {
    if let charge {
      group.add(Draft(name, .creditCaptured(teller.capture(charge, evidence: evidence))))
      if teller.hold.open == .zero { return }
    }
    let (released, expired) = teller.release(evidence: evidence)
    group.add(Draft(name, .creditReleased(released)))
    if let expired { group.add(Draft(.account(teller.id), .creditExpired(expired))) }
  }

  /// The payer of a job, with the job's hold.
  mutating func teller(
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
