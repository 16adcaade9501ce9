// Messages that came before their jobs were known, and how many messages nobody can believe there
// were: what keeps a stranger from growing the log.

import LMDB
import Wire

/// Projection: which messages of providers wait, and which can be read.
struct Notifications: Sendable {
  /// What a row says, the first byte of its key.
  private enum Kind: UInt8 {
    /// Provider and external id → positions of the messages that wait for a job.
    case waiting
    /// Position of a message whose job is known by now → the job. It is to be read.
    case ready
    /// Provider → time and position of the newest messages that nobody can believe.
    case noise
    /// Job → how many such messages it was told of.
    case count
  }

  private var rows = ByteRows(.notifications)

  mutating func apply<Source: RowSource & ~Copyable>(
    _ event: RecordedEvent, _ handles: inout Handles, _ source: borrowing Source
  ) throws(LMDBError) {
    switch event.event {
    case .notificationOrphaned(let body):
      if body.verified != true { try note(body.provider, event, source) }
      guard let id = body.externalID else { return }
      let recipient = try handles.recipient(
        provider: body.provider, externalID: id, in: source)
      if let recipient {
        ready(event.position, recipient.job)
      } else {
        let key = Handle.rowKey(body.provider, id)
        let waiting = try numbers(.waiting, key, source) + [event.position]
        put(.waiting, key, waiting)
      }
    case .notificationRejected(let body): try note(body.provider, event, source)
    case .jobNotified(let body):
      if event.envelope.cause != 0 {
        rows.delete([Kind.ready.rawValue] + [UInt8](key: event.envelope.cause))
      }
      guard body.channel == .webhook, body.verified != true else { return }
      let key = [UInt8](key: event.subject)
      put(.count, key, [try (numbers(.count, key, source).first ?? 0) + 1])
    default: break
    }
  }

  /// A job got its handle: what waits under its row key can be read.
  mutating func own<Source: RowSource & ~Copyable>(
    _ job: SubjectNumber, _ key: [UInt8], _ source: borrowing Source
  ) throws(LMDBError) {
    if try rows.isEmpty(in: source) { return }
    let waiting = try numbers(.waiting, key, source)
    guard !waiting.isEmpty else { return }
    for position in waiting { ready(position, job) }
    rows.delete([Kind.waiting.rawValue] + key)
  }

  mutating func waiting<Source: RowSource & ~Copyable>(
    provider: String, externalID: String, in source: borrowing Source
  ) throws(LMDBError) -> [Position] {
    try numbers(.waiting, Handle.rowKey(provider, externalID), source)
  }

  /// The job of a message that is to be read; nil when it was.
  mutating func ready<Source: RowSource & ~Copyable>(
    _ position: Position, in source: borrowing Source
  ) throws(LMDBError) -> SubjectNumber? {
    try numbers(.ready, [UInt8](key: position), source).first
  }

  /// The newest message that nobody can believe, when a provider's were as many as are noted.
  mutating func noise<Source: RowSource & ~Copyable>(
    of provider: String, since time: Timestamp, in source: borrowing Source
  ) throws(LMDBError) -> Position? {
    let newest = try numbers(.noise, Array(provider.utf8), source)
    guard newest.count >= 2 * Limits.noiseEvents, newest[0] >= UInt64(clamping: time.microseconds)
    else { return nil }
    return newest.last
  }

  mutating func unverifiedCount<Source: RowSource & ~Copyable>(
    of job: SubjectNumber, in source: borrowing Source
  ) throws(LMDBError) -> UInt64 {
    try numbers(.count, [UInt8](key: job), source).first ?? 0
  }

  mutating func flush(
    into stored: borrowing StoredRows<WriteTransaction>, isNew: Bool
  ) throws(LMDBError) {
    try rows.flush(into: stored, isNew: isNew)
  }

  /// Where messages to be read begin, and what the first byte of their keys is.
  static let readyKey = Kind.ready.rawValue
  /// The same of messages that wait for a job.
  static let waitingKey = Kind.waiting.rawValue

  private mutating func note<Source: RowSource & ~Copyable>(
    _ provider: String, _ event: RecordedEvent, _ source: borrowing Source
  ) throws(LMDBError) {
    let key = Array(provider.utf8)
    let newest =
      try numbers(.noise, key, source)
      + [UInt64(clamping: event.time.microseconds), event.position]
    put(.noise, key, Array(newest.suffix(2 * Limits.noiseEvents)))
  }

  private mutating func ready(_ position: Position, _ job: SubjectNumber) {
    put(.ready, [UInt8](key: position), [job])
  }

  private mutating func numbers<Source: RowSource & ~Copyable>(
    _ kind: Kind, _ key: [UInt8], _ source: borrowing Source
  ) throws(LMDBError) -> [UInt64] {
    try rows.row([kind.rawValue] + key, in: source) { row in
      stride(from: 0, to: row.byteCount, by: 8).map { row.field(UInt64.self, at: $0) }
    } ?? []
  }

  private mutating func put(_ kind: Kind, _ key: [UInt8], _ numbers: [UInt64]) {
    var value: [UInt8] = []
    for number in numbers { value.append(littleEndian: number) }
    rows.put([kind.rawValue] + key, value)
  }
}
