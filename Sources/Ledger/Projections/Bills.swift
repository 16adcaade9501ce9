// What providers billed: which lines of their invoices are recorded, whose they are, and from when
// to when their invoices reach.

import LMDB
import Wire

/// Projection: (provider, line id) → position; job → its lines; provider → the periods billed.
struct Bills: Sendable {
  /// What a row says, the first byte of its key.
  private enum Kind: UInt8 {
    /// Provider and digest of the line's id → position.
    case line
    /// Job and position of a line that was matched with it → nothing.
    case job
    /// Provider and position of an invoice's first line → what is billed by it. The lines that
    /// follow name the first one as their cause, so what lies between them is known to be billed;
    /// what lies between two invoices is not.
    case period
  }

  private var rows = ByteRows(.bills)

  mutating func apply<Source: RowSource & ~Copyable>(
    _ event: RecordedEvent, _ source: borrowing Source
  ) throws(LMDBError) {
    guard case .providerBilled(let body) = event.event else { return }
    var value: [UInt8] = []
    value.append(littleEndian: event.position)
    rows.put(Bills.lineKey(event.subject, body.lineID), value)
    if let job = body.job { rows.put(Bills.jobKey(job, event.position), []) }
    guard let time = body.billedAt else { return }
    let invoice = event.envelope.cause == 0 ? event.position : event.envelope.cause
    let key = Bills.periodKey(event.subject, invoice)
    let line = BilledSpan(time...time, last: event.position, unmatched: body.job == nil ? 1 : 0)
    let known = try rows.row(key, in: source) { BilledSpan($0) }
    rows.put(key, (known?.joined(with: line) ?? line).bytes)
  }

  /// Where a line is recorded; nil when it is not.
  mutating func position<Source: RowSource & ~Copyable>(
    of lineID: String, from provider: SubjectNumber, in source: borrowing Source
  ) throws(LMDBError) -> Position? {
    try rows.row(Bills.lineKey(provider, lineID), in: source) { $0.field(at: 0) }
  }

  mutating func flush(
    into stored: borrowing StoredRows<WriteTransaction>, isNew: Bool
  ) throws(LMDBError) {
    try rows.flush(into: stored, isNew: isNew)
  }

  /// A line's id may be longer than a key may be.
  private static func lineKey(_ provider: SubjectNumber, _ lineID: String) -> [UInt8] {
    [Kind.line.rawValue] + [UInt8](key: provider)
      + SHA256.digest(Array(lineID.utf8)).bytes.prefix(16)
  }

  static func jobKey(_ job: SubjectNumber, _ position: Position) -> [UInt8] {
    [Kind.job.rawValue] + [UInt8](key: job, position)
  }

  static func periodKey(_ provider: SubjectNumber, _ invoice: Position) -> [UInt8] {
    [Kind.period.rawValue] + [UInt8](key: provider, invoice)
  }
}
