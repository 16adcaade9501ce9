// The books as they were: one seek for a balance, a walk back along its own chain for a job.

import LMDB
package import Wire

extension Snapshot {
  /// An account's sums at a position, found by one seek among its postings; nil when it was not
  /// there yet. Its grants are not told: they are known of now only.
  package mutating func accountStatus(
    _ id: String, asOf position: Position
  ) throws -> AccountStatus? {
    guard let number = try accountNumber(id) else { return nil }
    return try accountStatus(number, asOf: position, unit: try unit())
  }

  package mutating func accountStatus(
    _ number: SubjectNumber, asOf position: Position, unit: String
  ) throws -> AccountStatus? {
    guard let now = try account(number), let subject = try subject(number),
      now.opened <= position
    else { return nil }
    var account = try posting(of: number, through: position) ?? Account()
    account.opened = now.opened
    return AccountStatus(
      id: subject.name.id, unit: unit, account: account,
      openedAt: try log.event(at: now.opened)?.time, grants: [], head: head, asOf: position)
  }

  /// Every account that was there at a position, oldest first.
  package mutating func accountStatuses(asOf position: Position) throws -> [AccountStatus] {
    var numbers: [SubjectNumber] = []
    try accounts { number, _ in
      numbers.append(number)
      return true
    }
    let unit = try unit()
    return try numbers.compactMap { try accountStatus($0, asOf: position, unit: unit) }
  }

  /// The account's row after its newest posting that is not behind `position`.
  private func posting(of number: SubjectNumber, through position: Position) throws -> Account? {
    let cursor = try views.source.transaction.cursor(views.source.tables[.postings])
    let after = [UInt8](key: number, position + 1)
    // The first row behind it, if there is any, stands after the one that is wanted.
    let isBehind = try cursor.seek(after.bytes) != nil
    let found = isBehind ? try cursor.previous() : try cursor.last()
    guard let row = found, row.key.littleEndian(UInt64.self, at: 0).byteSwapped == number else {
      return nil
    }
    return Account(row.value)
  }

  /// Positions of an account's postings after one position and through another, in order.
  package func postings(
    of number: SubjectNumber, after: Position, through last: Position, limit: Int
  ) throws -> [(position: Position, account: Account)] {
    var rows: [(position: Position, account: Account)] = []
    let cursor = try views.source.transaction.cursor(views.source.tables[.postings])
    let start = [UInt8](key: number, after + 1)
    var next = try cursor.seek(start.bytes)
    while rows.count < limit, let row = next,
      row.key.littleEndian(UInt64.self, at: 0).byteSwapped == number
    {
      let position: Position = row.key.littleEndian(UInt64.self, at: 8).byteSwapped
      guard position <= last else { break }
      rows.append((position, Account(row.value)))
      next = try cursor.next()
    }
    return rows
  }

  /// A job as it was at a position: its own events up to there, folded; nil when it was not there.
  /// - Returns: with the position of the job's newest event then.
  package mutating func job(
    _ number: SubjectNumber, asOf position: Position
  ) throws -> (job: Job, last: Position)? {
    guard let now = try job(number), now.submitted <= position else { return nil }
    var job = Job()
    var last: Position = 0
    for place in try chain(of: number) where place <= position {
      guard let event = try log.event(at: place) else { continue }
      try job.evolve(event)
      last = place
    }
    job.provider = now.provider
    return (job, last)
  }

  /// The status of a job as it was at a position; what it waited for then is told without pauses.
  package mutating func status(
    _ number: SubjectNumber, asOf position: Position, now: Timestamp
  ) throws -> JobStatus? {
    guard let (job, last) = try job(number, asOf: position) else { return nil }
    return try status(number, job, last: last, now: now, isPast: true)
  }

  /// Jobs that a selector meant at a position, newest first: states are those of then.
  package mutating func statuses(
    _ selector: Selector, asOf position: Position, now: Timestamp
  ) throws -> [JobStatus] {
    var wide = selector
    wide.states = []
    wide.limit = nil
    var found: [JobStatus] = []
    for number in try jobs(wide) where found.count < selector.limit ?? .max {
      guard let status = try status(number, asOf: position, now: now) else { continue }
      if selector.states.isEmpty || selector.states.contains(status.state) { found.append(status) }
    }
    return found
  }
}
