// Whose credits come to their end next: (end, account, bucket) in order of time.

import LMDB
package import Wire

enum AccountEnds {
  /// The key of a bucket with something available. Times after the epoch order as unsigned numbers.
  static func key(
    _ end: Timestamp, _ account: SubjectNumber, _ bucket: Position
  ) -> [UInt8] {
    [UInt8](key: UInt64(clamping: end.microseconds), account, bucket)
  }
}

extension Snapshot {
  /// Accounts with credits whose end has come by `now`, longest ended first, each once.
  package func endedAccounts(through now: Timestamp, limit: Int) throws -> [SubjectNumber] {
    var accounts: [SubjectNumber] = []
    let cursor = try views.source.transaction.cursor(views.source.tables[.ends])
    var next = try cursor.next()
    while accounts.count < limit, let row = next, end(row.key) <= now {
      let account = row.key.field(UInt64.self, at: 8).byteSwapped
      if !accounts.contains(account) { accounts.append(account) }
      next = try cursor.next()
    }
    return accounts
  }

  /// When the first credits end that have not ended at `now`; nil when none will.
  package func nextEnd(after now: Timestamp) throws -> Timestamp? {
    let cursor = try views.source.transaction.cursor(views.source.tables[.ends])
    let later = Timestamp(microseconds: now.microseconds + 1)
    guard let row = try cursor.seek(AccountEnds.key(later, 0, 0).bytes) else { return nil }
    return end(row.key)
  }

  private func end(_ key: RawSpan) -> Timestamp {
    Timestamp(microseconds: Int64(clamping: key.field(UInt64.self, at: 0).byteSwapped))
  }
}
