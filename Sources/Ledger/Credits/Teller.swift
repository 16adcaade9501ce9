// The money of one group: pure. Works on copies of an account, its buckets and a hold, and says
// which credit events follow (PRODUCT.md, "Money").

import Wire

/// Decides credit events for one account within one group.
struct Teller: Sendable {
  let number: SubjectNumber
  /// The account's text id, for refusals.
  let id: String
  let now: Timestamp
  private(set) var account: Account
  /// Buckets with something available, in draw order, and those that the hold's lines name.
  private(set) var buckets: [(position: Position, bucket: Bucket)]
  private(set) var hold: Hold

  init(
    number: SubjectNumber, id: String, account: Account,
    buckets: [(position: Position, bucket: Bucket)], hold: Hold, now: Timestamp
  ) {
    self.number = number
    self.id = id
    self.account = account
    self.buckets = buckets
    self.hold = hold
    self.now = now
  }

  /// The ends that have come: unheld credits of buckets past their end. One event for all of them,
  /// for a group is bounded and the buckets of an account are not; nil when nothing ended.
  mutating func expire() -> CreditExpired? {
    var lines: [BucketLine] = []
    for index in buckets.indices {
      let (position, bucket) = buckets[index]
      guard let end = bucket.expires, end <= now, bucket.available > .zero else { continue }
      lines.append(BucketLine(bucket: position, amount: bucket.available))
      buckets[index].bucket.expired += bucket.available
    }
    return expire(lines)
  }

  private mutating func expire(_ lines: [BucketLine]) -> CreditExpired? {
    guard !lines.isEmpty else { return nil }
    account.expired += lines.total
    return CreditExpired(amount: lines.total, lines: lines, account: number)
  }

  /// Reserves `amount`, by draw order, then from the account's limit.
  mutating func hold(_ amount: Credits) throws(Refusal) -> CreditHeld {
    let lines = try draw(amount)
    for line in lines {
      if let index = buckets.firstIndex(where: { $0.position == line.bucket }) {
        buckets[index].bucket.held += line.amount
      }
      hold.lines.append(Hold.Line(bucket: line.bucket, open: line.amount, captured: .zero))
    }
    account.held += amount
    return CreditHeld(amount: amount, lines: lines, account: number)
  }

  /// Where `amount` comes from: the buckets in draw order, then the account's limit.
  func draw(_ amount: Credits) throws(Refusal) -> [BucketLine] {
    guard account.available + account.limit >= amount else {
      throw Refusal(
        .insufficientCredits,
        "account \(id) has \(account.available) available"
          + (account.limit > .zero ? " and a limit of \(account.limit)" : "")
          + ", \(amount) is needed; last changed at position \(account.last)",
        position: account.last, next: "ledger grant \(id) \(amount - account.available)")
    }
    var rest = amount
    var lines: [BucketLine] = []
    for (position, bucket) in buckets
    where rest > .zero && bucket.available > .zero && position != account.opened {
      let part = min(rest, bucket.available)
      lines.append(BucketLine(bucket: position, amount: part))
      rest -= part
    }
    if rest > .zero { lines.append(BucketLine(bucket: account.opened, amount: rest)) }
    return lines
  }

  /// Charges `amount` of the hold, in draw order.
  mutating func capture(_ amount: Credits, evidence: Position) -> CreditCaptured {
    CreditCaptured(
      amount: amount, lines: take(amount), account: number, evidence: evidence)
  }

  /// Gives back what is still held, to the lines it came from; what returns to a bucket past its
  /// end expires in the same group.
  mutating func release(evidence: Position) -> (CreditReleased, CreditExpired?) {
    let amount = hold.open
    let lines = take(amount)
    let released = CreditReleased(
      amount: amount, lines: lines, account: number, evidence: evidence)
    return (released, expire(lines.filter { hasEnded($0.bucket) }))
  }

  /// Whether a bucket's end has come.
  func hasEnded(_ position: Position) -> Bool {
    let bucket = buckets.first { $0.position == position }?.bucket
    return bucket?.expires.map { $0 <= now } ?? false
  }

  private mutating func take(_ amount: Credits) -> [BucketLine] {
    // The job's row said that there is so much.
    guard amount <= hold.open else { endOverDamagedViews() }
    var rest = amount
    var lines: [BucketLine] = []
    for index in hold.lines.indices where rest > .zero && hold.lines[index].open > .zero {
      let part = min(rest, hold.lines[index].open)
      hold.lines[index].open -= part
      lines.append(BucketLine(bucket: hold.lines[index].bucket, amount: part))
      rest -= part
    }
    return lines
  }
}
