// The books as they were: a few steps back for a balance, a walk back along its own chain for a
// job.

import LMDB
package import Wire

extension Snapshot {
  /// An account's sums at a position, found among its postings; nil when it was not there yet. Its
  /// grants are not told: they are known of now only.
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
    var account = try newestPosting(of: now) { at, _ in at <= position }?.sums ?? Account()
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

  /// The newest posting of an account, as it is now, that `isWanted`: all before it must be, too.
  private func newestPosting(
    of account: Account, where isWanted: (Position, _ ordinal: UInt64) -> Bool
  ) throws -> PostedSums? {
    guard var posting = try posting(account.last) else { return nil }
    while !isWanted(posting.sums.last, posting.ordinal) {
      let isFar = posting.skip > 0 && !isWanted(posting.skip, posting.skipOrdinal)
      guard let before = try self.posting(isFar ? posting.skip : posting.previous) else {
        return nil
      }
      posting = before
    }
    return posting
  }

  private func posting(_ position: Position) throws -> PostedSums? {
    guard position > 0 else { return nil }
    let posting = try views.source.row(.postings, .bytes([UInt8](key: position))) {
      PostedSums($0, at: position)
    }
    guard let posting else {
      throw BooksError.damaged("the views have lost a posting", position: position)
    }
    return posting
  }

  /// An account's postings after one position and through another, in order: its sums after each,
  /// `last` being where it stands.
  package mutating func postings(
    of number: SubjectNumber, after: Position, through last: Position, limit: Int
  ) throws -> [Account] {
    guard let account = try account(number) else { return [] }
    let first = try newestPosting(of: account) { at, _ in at <= after }?.ordinal ?? 0
    var next = try newestPosting(of: account) { at, ordinal in
      at <= last && ordinal <= first + UInt64(limit)
    }
    var sums: [Account] = []
    while let posting = next, posting.ordinal > first {
      sums.append(posting.sums)
      next = try self.posting(posting.previous)
    }
    return sums.reversed()
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
