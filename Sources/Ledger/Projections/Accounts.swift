// Who has what: account sums, buckets, hold lines, and the balance after every credit event.

import LMDB
import Wire

/// Projection: accounts, buckets, holds, postings and what can still expire.
struct Accounts: Sendable {
  private var accounts = RowCache<Account>(.accounts)
  private var buckets = RowCache<Bucket>(.buckets)
  private var holds = RowCache<Hold>(.holds)
  private var postings = ByteRows(.postings)

  mutating func apply<Source: RowSource & ~Copyable>(
    _ event: RecordedEvent, _ source: borrowing Source
  ) throws {
    switch event.event {
    case .accountOpened(let body):
      var account = Account()
      account.opened = event.position
      account.limit = body.limit ?? .zero
      accounts.set(event.subject, account)
      // The bucket of overdrawn credits: named by account.opened, drawn last, never listed.
      buckets.set(event.position, Bucket(account: event.subject, priority: .max))
    case .accountLimitSet(let body):
      try change(event.subject, event, source) { $0.limit = body.limit }
    default:
      if let movement = Movement(event) { try apply(movement, event, source) }
    }
  }

  private mutating func apply<Source: RowSource & ~Copyable>(
    _ movement: Movement, _ event: RecordedEvent, _ source: borrowing Source
  ) throws {
    if let opened = movement.opens {
      buckets.set(event.position, opened)
    }
    for line in movement.lines {
      guard var bucket = try buckets.row(line.bucket, in: source) else {
        throw ViewError.wrongCredits(event.position)
      }
      movement.apply(line.amount, to: &bucket)
      guard bucket.available >= .zero || bucket.priority == .max, bucket.held >= .zero else {
        throw ViewError.wrongCredits(event.position)
      }
      buckets.set(line.bucket, bucket)
    }
    if movement.touchesHold { try applyToHold(movement, event, source) }
    try change(movement.account, event, source) { movement.apply(movement.amount, to: &$0) }
  }

  private mutating func applyToHold<Source: RowSource & ~Copyable>(
    _ movement: Movement, _ event: RecordedEvent, _ source: borrowing Source
  ) throws {
    var hold = try holds.row(event.subject, in: source) ?? Hold()
    guard hold.apply(movement, at: event.position) else {
      throw ViewError.wrongCredits(event.position)
    }
    holds.set(event.subject, hold)
  }

  /// Changes an account's sums, sees to its list of buckets and notes the balance.
  private mutating func change<Source: RowSource & ~Copyable>(
    _ number: SubjectNumber, _ event: RecordedEvent, _ source: borrowing Source,
    _ body: (inout Account) -> Void
  ) throws {
    guard var account = try accounts.row(number, in: source) else {
      throw ViewError.wrongCredits(event.position)
    }
    body(&account)
    account.last = event.position
    if let movement = Movement(event) {
      for line in movement.lines { try list(line.bucket, in: &account, source) }
    }
    accounts.set(number, account)
    var value: [UInt8] = []
    account.encodeSums(to: &value)
    postings.put([UInt8](key: number, event.position), value)
  }

  /// Keeps `account.buckets`: those with something available, in draw order.
  private mutating func list<Source: RowSource & ~Copyable>(
    _ position: Position, in account: inout Account, _ source: borrowing Source
  ) throws {
    guard position != account.opened, let bucket = try buckets.row(position, in: source) else {
      return
    }
    let index = account.buckets.firstIndex(of: position)
    if bucket.available <= .zero {
      if let index { account.buckets.remove(at: index) }
    } else if index == nil {
      var place = 0
      for other in account.buckets {
        guard let row = try buckets.row(other, in: source),
          Bucket.precedes((other, row), (position, bucket))
        else { break }
        place += 1
      }
      account.buckets.insert(position, at: place)
    }
  }

  mutating func account<Source: RowSource & ~Copyable>(
    _ number: SubjectNumber, in source: borrowing Source
  ) throws(LMDBError) -> Account? {
    try accounts.row(number, in: source)
  }

  mutating func bucket<Source: RowSource & ~Copyable>(
    _ position: Position, in source: borrowing Source
  ) throws(LMDBError) -> Bucket? {
    try buckets.row(position, in: source)
  }

  mutating func hold<Source: RowSource & ~Copyable>(
    of job: SubjectNumber, in source: borrowing Source
  ) throws(LMDBError) -> Hold? {
    try holds.row(job, in: source)
  }

  mutating func flush(
    into stored: borrowing StoredRows<WriteTransaction>, isNew: Bool
  ) throws(LMDBError) {
    var ends = ByteRows(.ends)
    for (position, old, new) in buckets.changes where old?.nextEnd != new.nextEnd {
      if let end = old?.nextEnd { ends.delete(AccountEnds.key(end, new.account, position)) }
      if let end = new.nextEnd { ends.put(AccountEnds.key(end, new.account, position), []) }
    }
    try ends.flush(into: stored, isNew: isNew)
    try accounts.flush(into: stored, isNew: isNew)
    try buckets.flush(into: stored, isNew: isNew)
    try holds.flush(into: stored, isNew: isNew)
    try postings.flush(into: stored, isNew: isNew)
  }
}
