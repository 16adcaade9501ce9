// Who owns a provider's id: by it polls, webhooks and people find the job.

import LMDB
import Wire

/// Projection: provider and external id → the jobs and steps that it names, the newest last.
struct Handles: Sendable {
  /// The step that a provider's id names.
  struct Recipient: Sendable, Equatable {
    let job: SubjectNumber
    let step: UInt64
  }

  private var rows = ByteRows(.externals)

  /// - Parameter key: the handle's row key.
  mutating func own<Source: RowSource & ~Copyable>(
    _ job: SubjectNumber, _ handle: Handle, _ key: [UInt8], in source: borrowing Source
  ) throws(LMDBError) {
    var all = try recipients(key, source)
    all.removeAll { $0.step == handle.step }
    all.append(Recipient(job: job, step: handle.step))
    rows.put {
      $0.append(contentsOf: key)
    } value: { bytes in
      for recipient in all {
        bytes.append(varint: recipient.job)
        bytes.append(varint: recipient.step)
      }
    }
  }

  /// The job that owns a step's handle.
  mutating func owner<Source: RowSource & ~Copyable>(
    of handle: Handle, in source: borrowing Source
  ) throws(LMDBError) -> SubjectNumber? {
    try recipients(handle.rowKey, source).last { $0.step == handle.step }?.job
  }

  /// Whom a provider's id names, whichever step it is.
  mutating func recipient<Source: RowSource & ~Copyable>(
    provider: String, externalID: String, in source: borrowing Source
  ) throws(LMDBError) -> Recipient? {
    try recipients(Handle.rowKey(provider, externalID), source).last
  }

  mutating func flush(
    into stored: borrowing StoredRows<WriteTransaction>, isNew: Bool
  ) throws(LMDBError) {
    try rows.flush(into: stored, isNew: isNew)
  }

  private mutating func recipients<Source: RowSource & ~Copyable>(
    _ key: [UInt8], _ source: borrowing Source
  ) throws(LMDBError) -> [Recipient] {
    try rows.row(key, in: source) { bytes in
      var row = RowReader(bytes)
      var all: [Recipient] = []
      while !row.isAtEnd { all.append(Recipient(job: row.varint(), step: row.varint())) }
      return all
    } ?? []
  }
}
