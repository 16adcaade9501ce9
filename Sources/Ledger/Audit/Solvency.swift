// Nobody spends what he does not have (PRODUCT, invariant 5): no bucket below zero, no account
// below its limit when credits are taken.

import Wire

struct Solvency: AuditCheck {
  static let name = "solvency"

  private var buckets = NumberTable<Bucket>()
  private var accounts = NumberTable<Account>()

  mutating func look(
    at group: AuditGroup, _ jobs: AuditJobs, _ findings: inout AuditFindings
  ) {
    for event in group.events {
      switch event.event {
      case .accountOpened(let body):
        var account = Account()
        account.opened = event.position
        account.limit = body.limit ?? .zero
        accounts[event.subject] = account
        // What an account draws from its limit: this bucket alone may be below zero.
        buckets[event.position] = Bucket(account: event.subject, priority: .max)
      case .accountLimitSet(let body): accounts[event.subject]?.limit = body.limit
      default: break
      }
    }
    for posting in group.postings { move(posting, jobs, &findings) }
  }

  private mutating func move(
    _ posting: AuditGroup.Posting, _ jobs: AuditJobs, _ findings: inout AuditFindings
  ) {
    let movement = posting.movement
    if let opened = movement.opens { buckets[posting.event.position] = opened }
    var isSolvent = true
    for line in movement.lines {
      guard var bucket = buckets[line.bucket], bucket.account == movement.account else {
        isSolvent = false
        note(posting, line.amount, "account has no bucket \(line.bucket)", jobs, &findings)
        continue
      }
      let before = bucket.available
      movement.apply(line.amount, to: &bucket)
      buckets[line.bucket] = bucket
      accounts[movement.account].map { account in
        var account = account
        movement.apply(line.amount, to: &account)
        accounts[movement.account] = account
      }
      guard bucket.available < .zero, bucket.available < before,
        line.bucket != accounts[movement.account]?.opened
      else { continue }
      isSolvent = false
      note(
        posting, -bucket.available, "bucket \(line.bucket) is at \(bucket.available)", jobs,
        &findings)
    }
    guard isSolvent, takes(movement), let account = accounts[movement.account],
      account.available + account.limit < .zero
    else { return }
    note(
      posting, -(account.available + account.limit),
      "available is \(account.available), the limit \(account.limit)", jobs, &findings)
  }

  /// A limit may be lowered below what is owed; then nothing more may be taken.
  private func takes(_ movement: Movement) -> Bool {
    movement.kind == .held || movement.kind == .adjusted && movement.amount < .zero
  }

  private func note(
    _ posting: AuditGroup.Posting, _ amount: Credits, _ message: String, _ jobs: AuditJobs,
    _ findings: inout AuditFindings
  ) {
    let account = jobs.name(posting.movement.account)
    findings.add(
      jobs.finding(
        posting, [posting.event.position], amount,
        "\(posting.event.event.type.name): \(message)",
        mend: "ledger adjust \(account) \(amount) --reason solvency"))
  }
}
