// Walking jobs, accounts and the due list.

import LMDB
package import Wire

extension Snapshot {
  /// Jobs whose time has come by `now`, earliest first; of equal times the lower number first.
  /// - Parameter mark: only what stands behind this entry, for walking a long list in parts.
  package func due(
    after mark: DueJob? = nil, through now: Timestamp, limit: Int
  ) throws -> [DueJob] {
    var jobs: [DueJob] = []
    let cursor = try views.source.transaction.cursor(views.source.tables[.due])
    let start = mark.map { DueList.key($0.time, $0.job + 1) } ?? [0]
    var next = try cursor.seek(start.bytes)
    while jobs.count < limit, let row = next {
      let (time, job) = DueList.parts(row.key)
      guard time <= now else { break }
      jobs.append(DueJob(time: time, job: job))
      next = try cursor.next()
    }
    return jobs
  }

  /// When the first job that is not due at `now` will be; nil when none waits.
  package func nextDue(after now: Timestamp) throws -> Timestamp? {
    let cursor = try views.source.transaction.cursor(views.source.tables[.due])
    let later = Timestamp(microseconds: now.microseconds + 1)
    guard let row = try cursor.seek(DueList.key(later, 0).bytes) else { return nil }
    return DueList.parts(row.key).time
  }

  /// Numbers of the jobs in `state`, oldest first.
  package func jobs(in state: JobState, limit: Int = .max) throws -> [SubjectNumber] {
    var jobs: [SubjectNumber] = []
    guard limit > 0 else { return jobs }
    try self.jobs(in: state) { number in
      jobs.append(number)
      return jobs.count < limit
    }
    return jobs
  }

  /// Calls `body` with the number of every job in `state`, oldest first, until it returns false.
  package func jobs(in state: JobState, _ body: (SubjectNumber) throws -> Bool) throws {
    let cursor = try views.source.transaction.cursor(views.source.tables[.states])
    let prefix = [state.rawValue]
    var next = try cursor.seek(prefix.bytes)
    while let row = next, row.key.field(at: 0) == state.rawValue {
      guard try body(row.key.field(UInt64.self, at: 1).byteSwapped) else { return }
      next = try cursor.next()
    }
  }

  /// Calls `body` with every job, newest first, until it returns false.
  package func newestJobs(_ body: (SubjectNumber, Job) throws -> Bool) throws {
    let cursor = try views.source.transaction.cursor(views.source.tables[.jobs])
    while let row = try cursor.previous() {
      guard try body(row.number, Job(row.value)) else { return }
    }
  }

  /// Calls `body` with every account, oldest first, until it returns false.
  package func accounts(_ body: (SubjectNumber, Account) throws -> Bool) throws {
    let cursor = try views.source.transaction.cursor(views.source.tables[.accounts])
    while let row = try cursor.next() {
      guard try body(row.number, Account(row.value)) else { return }
    }
  }

  /// What is paused: provider and account (nil: all), and the event that did it.
  package func pauses() throws -> [(provider: String?, account: SubjectNumber?, position: Position)]
  {
    var pauses: [(provider: String?, account: SubjectNumber?, position: Position)] = []
    let cursor = try views.source.transaction.cursor(views.source.tables[.pauses])
    while let row = try cursor.next() {
      let (provider, account) = Policies.parts(row.key)
      pauses.append((provider, account, row.value.field(at: 0)))
    }
    return pauses
  }
}

/// An entry of the due list.
package struct DueJob: Sendable, Equatable {
  package let time: Timestamp
  package let job: SubjectNumber
}
