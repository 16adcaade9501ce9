// Walking jobs, accounts and the due list.

import LMDB
package import Wire

extension Snapshot {
  /// Jobs whose time has come by `now`, earliest first.
  package func due(through now: Timestamp, limit: Int) throws -> [SubjectNumber] {
    var jobs: [SubjectNumber] = []
    let cursor = try views.source.transaction.cursor(views.source.tables[.due])
    while jobs.count < limit, let row = try cursor.next() {
      let (time, job) = DueList.parts(row.key)
      guard time <= now else { break }
      jobs.append(job)
    }
    return jobs
  }

  /// When the next job is due; nil when none waits.
  package func nextDue() throws -> Timestamp? {
    let cursor = try views.source.transaction.cursor(views.source.tables[.due])
    guard let row = try cursor.next() else { return nil }
    return DueList.parts(row.key).time
  }

  /// Numbers of the jobs in `state`, oldest first.
  package func jobs(in state: JobState, limit: Int = .max) throws -> [SubjectNumber] {
    var jobs: [SubjectNumber] = []
    let cursor = try views.source.transaction.cursor(views.source.tables[.states])
    let prefix = [state.rawValue]
    var next = try cursor.seek(prefix.bytes)
    while jobs.count < limit, let row = next, row.key.littleEndian(at: 0) == state.rawValue {
      jobs.append(row.key.littleEndian(UInt64.self, at: 1).byteSwapped)
      next = try cursor.next()
    }
    return jobs
  }

  /// Calls `body` with every job, newest first, until it returns false.
  package func newestJobs(_ body: (SubjectNumber, Job) throws -> Bool) throws {
    let cursor = try views.source.transaction.cursor(views.source.tables[.jobs])
    while let row = try cursor.previous() {
      guard try body(row.key.littleEndian(at: 0), Job(row.value)) else { return }
    }
  }

  /// Calls `body` with every account, oldest first, until it returns false.
  package func accounts(_ body: (SubjectNumber, Account) throws -> Bool) throws {
    let cursor = try views.source.transaction.cursor(views.source.tables[.accounts])
    while let row = try cursor.next() {
      guard try body(row.key.littleEndian(at: 0), Account(row.value)) else { return }
    }
  }

  /// What is paused: provider and account (nil: all), and the event that did it.
  package func pauses() throws -> [(provider: String?, account: SubjectNumber?, position: Position)]
  {
    var pauses: [(provider: String?, account: SubjectNumber?, position: Position)] = []
    let cursor = try views.source.transaction.cursor(views.source.tables[.pauses])
    while let row = try cursor.next() {
      let (provider, account) = Policies.parts(row.key)
      pauses.append((provider, account, row.value.littleEndian(at: 0)))
    }
    return pauses
  }
}
