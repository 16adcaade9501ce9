// Who the events are about: names to dense numbers, and each subject's chain.

import LMDB
import Wire

/// Projection: subjects by number, numbers by name.
struct Subjects: Sendable {
  private var rows = RowCache<Subject>(.subjects)
  private var names = ByteRows(.names)
  /// Subjects so far: the newest number.
  private(set) var count: UInt64

  init(count: UInt64 = 0) { self.count = count }

  mutating func apply<Source: RowSource & ~Copyable>(
    _ event: RecordedEvent, _ source: borrowing Source
  ) throws {
    let number = event.subject
    if let name = event.envelope.subject {
      guard number == count + 1 else { throw ViewError.wrongSubject(event.position) }
      count = number
      rows.set(number, Subject(name: name, first: event.position, last: 0, firstBlob: 0))
      var value: [UInt8] = []
      value.append(littleEndian: number)
      names.put(Subjects.key(name), value)
    }
    guard var subject = try rows.row(number, in: source), subject.last == event.header.previous
    else { throw ViewError.wrongSubject(event.position) }
    subject.last = event.position
    if subject.firstBlob == 0 {
      var event = event.event
      event.forEachBlob { blob in
        if subject.firstBlob == 0, let name = blob.name { subject.firstBlob = name.ordinal }
      }
    }
    rows.set(number, subject)
  }

  mutating func number<Source: RowSource & ~Copyable>(
    of name: Subject.Name, in source: borrowing Source
  ) throws(LMDBError) -> SubjectNumber? {
    try names.row(Subjects.key(name), in: source) { $0.littleEndian(UInt64.self, at: 0) }
  }

  mutating func subject<Source: RowSource & ~Copyable>(
    _ number: SubjectNumber, in source: borrowing Source
  ) throws(LMDBError) -> Subject? {
    try rows.row(number, in: source)
  }

  mutating func flush(
    into stored: borrowing StoredRows<WriteTransaction>, isNew: Bool
  ) throws(LMDBError) {
    try rows.flush(into: stored, isNew: isNew)
    try names.flush(into: stored, isNew: isNew)
  }

  private static func key(_ name: Subject.Name) -> [UInt8] {
    [name.kind.rawValue] + Array(name.id.utf8)
  }
}

extension Subject: Row {
  init(_ bytes: RawSpan) {
    var row = RowReader(bytes)
    first = row.integer()
    last = row.integer()
    firstBlob = row.integer()
    let kind = SubjectKind(rawValue: row.integer()) ?? .ledger
    name = Name(kind: kind, id: row.text())
  }

  func encode(to bytes: inout [UInt8]) {
    bytes.append(littleEndian: first)
    bytes.append(littleEndian: last)
    bytes.append(littleEndian: firstBlob)
    bytes.append(name.kind.rawValue)
    bytes.append(contentsOf: name.id.utf8)
  }
}
