// Which free text is kept already: equal bytes once per subject.

import LMDB
import Wire

/// Projection: subject and salted digest → blob ordinal.
struct BlobIndex: Sendable {
  private var rows = ByteRows(.blobs)

  /// - Returns: the event's first blob; nil when it has none.
  mutating func apply(_ event: RecordedEvent) -> BlobName? {
    let subject = event.subject
    var first: BlobName?
    event.event.forEachBlob { blob in
      guard let name = blob.name else { return }
      if first == nil { first = name }
      rows.put {
        $0.append(bigEndian: subject)
        name.digest.append(to: &$0)
      } value: {
        $0.append(littleEndian: name.ordinal)
      }
    }
    return first
  }

  mutating func ordinal<Source: RowSource & ~Copyable>(
    of digest: SaltedDigest, subject: SubjectNumber, in source: borrowing Source
  ) throws(LMDBError) -> UInt64? {
    try rows.row(BlobIndex.key(subject, digest), in: source) { $0.field(at: 0) }
  }

  mutating func flush(
    into stored: borrowing StoredRows<WriteTransaction>, isNew: Bool
  ) throws(LMDBError) {
    try rows.flush(into: stored, isNew: isNew)
  }

  private static func key(_ subject: SubjectNumber, _ digest: SaltedDigest) -> [UInt8] {
    [UInt8](key: subject) + digest.bytes
  }
}
