// Who has what: account sums, buckets, hold lines, and the balance after every credit event.

import LMDB
import Wire

/// Projection: accounts, buckets, holds, postings and what can still expire.
struct Accounts: Sendable {
  private var accounts = RowCache<Account>(.accounts)
  private var buckets = RowCache<Bucket>(.buckets)
  private var holds = RowCache<Hold>(.holds)
  private var postings = ByteRows(.postings)

  var rowCount: Int { accounts.count + buckets.count + holds.count }

  mutating func apply<Source: RowSource & ~Copyable>(
    _ event: RecordedEvent, _ movement: Movement?, _ source: borrowing Source
  ) throws {
    if let movement { return try apply(movement, event, source) }
    switch event.event {
    case .accountOpened(let body):
      var account = Account()
      account.opened = event.position
      account.limit = body.limit ?? .zero
      accounts.set(event.subject, account)
      // The bucket of overdrawn credits: named by account.opened, drawn last, never listed.
      buckets.set(event.position, Bucket(account: event.subject, priority: .max))
    case .accountLimitSet(let body):
      let place = try account(event, event.subject, source)
      accounts[place].limit = body.limit
      note(place, event.position)
    default: break
    }
  }

  private mutating func apply<Source: RowSource & ~Copyable>(
    _ movement: Movement, _ event: RecordedEvent, _ source: borrowing Source
  ) throws {
    if let opened = movement.opens {
      buckets.set(event.position, opened)
    }
    for line in movement.lines {
      let place = try buckets.place(of: line.bucket, in: source)
      guard buckets.exists(place), buckets[place].move(movement, line.amount) else {
        throw ViewError.wrongCredits(event.position)
      }
    }
    if movement.touchesHold {
      let place = try holds.place(of: event.subject, in: source)
      guard holds[place].apply(movement, at: event.position) else {
        throw ViewError.wrongCredits(event.position)
      }
    }
    let place = try account(event, movement.account, source)
    movement.apply(movement.amount, to: &accounts[place])
    for line in movement.lines { try list(line.bucket, at: place, source) }
    note(place, event.position)
  }

  /// Where an account lies that must be there.
  private mutating func account<Source: RowSource & ~Copyable>(
    _ event: RecordedEvent, _ number: SubjectNumber, _ source: borrowing Source
  ) throws -> RowCache<Account>.Place {
    let place = try accounts.place(of: number, in: source)
    guard accounts.exists(place) else { throw ViewError.wrongCredits(event.position) }
    return place
  }

  /// Notes an account's sums as they are from `position` on.
  private mutating func note(_ place: RowCache<Account>.Place, _ position: Position) {
    let way = accounts[place].post(at: position)
    postings.put {
      $0.append(bigEndian: position)
    } value: {
      accounts[place].encodePosting(way, to: &$0)
    }
  }

  /// Keeps the account's `buckets`: those with something available, in draw order.
  private mutating func list<Source: RowSource & ~Copyable>(
    _ position: Position, at place: RowCache<Account>.Place, _ source: borrowing Source
  ) throws {
    guard position != accounts[place].opened, let bucket = try buckets.row(position, in: source)
    else { return }
    let index = accounts[place].buckets.firstIndex(of: position)
    if bucket.available <= .zero {
      if let index { accounts[place].buckets.remove(at: index) }
    } else if index == nil {
      var rank = 0
      for other in accounts[place].buckets {
        guard let row = try buckets.row(other, in: source),
          Bucket.precedes((other, row), (position, bucket))
        else { break }
        rank += 1
      }
      accounts[place].buckets.insert(position, at: rank)
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
    buckets.forEachChange { position, old, new in
      guard old ?? nil != new.nextEnd else { return }
      if let end = old ?? nil { ends.delete(AccountEnds.key(end, new.account, position)) }
      if let end = new.nextEnd { ends.put(AccountEnds.key(end, new.account, position), []) }
    }
    try ends.flush(into: stored, isNew: isNew)
    try accounts.flush(into: stored, isNew: isNew)
    try buckets.flush(into: stored, isNew: isNew)
    try holds.flush(into: stored, isNew: isNew)
    try postings.flush(into: stored, isNew: isNew)
  }
}

extension Bucket {
  /// - Returns: false when the bucket does not have what is taken.
  fileprivate mutating func move(_ movement: Movement, _ amount: Credits) -> Bool {
    movement.apply(amount, to: &self)
    return (available >= .zero || priority == .max) && held >= .zero
  }
}
