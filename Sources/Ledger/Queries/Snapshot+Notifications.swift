// Messages that came before their jobs were known.

import LMDB
import Wire

/// A message that is to be read now that its job is known.
package struct ReadyOrphan: Sendable, Equatable {
  /// The `notification.orphaned` event.
  package let position: Position
  package let job: SubjectNumber
}

extension Snapshot {
  /// Messages to be read, oldest first.
  package func readyOrphans(limit: Int) throws -> [ReadyOrphan] {
    var found: [ReadyOrphan] = []
    let cursor = try views.source.transaction.cursor(views.source.tables[.notifications])
    let prefix = [Notifications.readyKey]
    var next = try cursor.seek(prefix.bytes)
    while found.count < limit, let row = next, row.key.field(at: 0) == prefix[0] {
      found.append(
        ReadyOrphan(
          position: row.key.field(UInt64.self, at: 1).byteSwapped,
          job: row.value.field(at: 0)))
      next = try cursor.next()
    }
    return found
  }

  /// Positions of the messages that wait for a job, by the handle that they name.
  func waitingOrphans(limit: Int) throws -> [[Position]] {
    var found: [[Position]] = []
    let cursor = try views.source.transaction.cursor(views.source.tables[.notifications])
    let prefix = [Notifications.waitingKey]
    var next = try cursor.seek(prefix.bytes)
    while found.count < limit, let row = next, row.key.field(at: 0) == prefix[0] {
      found.append(
        stride(from: 0, to: row.value.byteCount, by: 8).map {
          row.value.field(Position.self, at: $0)
        })
      next = try cursor.next()
    }
    return found
  }

  /// The job and the step (from 0) that a provider's id names; nil while it names none.
  package mutating func recipient(
    provider: String, externalID: String
  ) throws -> (job: SubjectNumber, step: UInt64)? {
    try views.recipient(provider: provider, externalID: externalID).map { ($0.job, $0.step) }
  }
}

extension Snapshot {
  /// Names of the providers that have had jobs here, in order of first appearance.
  package mutating func providerNames() throws -> [String] {
    let count = views.fold.board.providerCount
    return try (0..<count).map { try views.providerName($0 + 1) }
  }
}

extension Views where Source: ~Copyable {
  mutating func recipient(
    provider: String, externalID: String
  ) throws(LMDBError) -> Handles.Recipient? {
    try fold.board.recipient(provider: provider, externalID: externalID, in: source)
  }

  mutating func waitingOrphans(
    provider: String, externalID: String
  ) throws(LMDBError) -> [Position] {
    try fold.board.notifications.waiting(provider: provider, externalID: externalID, in: source)
  }

  mutating func readyOrphan(_ position: Position) throws(LMDBError) -> SubjectNumber? {
    try fold.board.notifications.ready(position, in: source)
  }

  /// The newest message of a provider that nobody can believe, when there were enough of them in
  /// the hour before `now`.
  mutating func noise(of provider: String, at now: Timestamp) throws(LMDBError) -> Position? {
    try fold.board.notifications.noise(
      of: provider, since: now.advanced(seconds: -Limits.noiseSeconds), in: source)
  }

  mutating func unverifiedCount(of job: SubjectNumber) throws(LMDBError) -> UInt64 {
    try fold.board.notifications.unverifiedCount(of: job, in: source)
  }
}
