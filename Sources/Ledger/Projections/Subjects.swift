// Who the events are about: names to dense numbers, and each subject's chain.

import LMDB
import Wire

/// Projection: subjects by number, numbers by name.
struct Subjects: Sendable {
  private var rows = RowCache<Subject>(.subjects)
  private var names = ByteRows(.names)
  /// Whom was asked for last: one command asks for the same name several times.
  private var asked: (name: Subject.Name, number: SubjectNumber)?
  /// Subjects so far: the newest number.
  private(set) var count: UInt64

  init(count: UInt64 = 0) { self.count = count }

  var rowCount: Int { rows.count }

  /// - Parameter blob: the event's first one.
  mutating func apply<Source: RowSource & ~Copyable>(
    _ event: RecordedEvent, _ blob: BlobName?, _ source: borrowing Source
  ) throws {
    let number = event.subject
    let isOfJob = event.event.type.subjectKind == .job
    if let name = event.envelope.subject {
      guard number == count + 1, (name.kind == .job) == isOfJob, event.header.previous == 0 else {
        throw ViewError.wrongSubject(event.position)
      }
      count = number
      rows.set(number, Subject(name: name, first: event.position, last: 0, firstBlob: 0))
      names.put {
        $0.append(name.kind.rawValue)
        $0.append(contentsOf: name.id.utf8)
      } value: {
        $0.append(littleEndian: number)
      }
    } else if event.header.previous == 0 {
      throw ViewError.wrongSubject(event.position)
    }
    // A job's newest event stands in the row that each of its events writes anyway.
    if !isOfJob {
      let place = try rows.place(of: number, in: source)
      guard rows.exists(place), rows[place].last == event.header.previous,
        rows[place].name.kind != .job
      else { throw ViewError.wrongSubject(event.position) }
      rows[place].last = event.position
    }
    guard let blob else { return }
    let place = try rows.place(of: number, in: source)
    if rows[place].firstBlob == 0 { rows[place].firstBlob = blob.ordinal }
  }

  mutating func number<Source: RowSource & ~Copyable>(
    of name: Subject.Name, in source: borrowing Source
  ) throws(LMDBError) -> SubjectNumber? {
    if let asked, asked.name == name { return asked.number }
    let number = try names.row(Subjects.key(name), in: source) {
      $0.field(UInt64.self, at: 0)
    }
    if let number { asked = (name, number) }
    return number
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
  init() { self.init(name: .ledger, first: 0, last: 0, firstBlob: 0) }

  init(_ bytes: RawSpan) {
    var row = RowReader(bytes)
    first = row.varint()
    last = row.varint()
    firstBlob = row.varint()
    let kind = SubjectKind(rawValue: row.integer()) ?? .ledger
    name = Name(kind: kind, id: row.text())
  }

  func encode(to bytes: inout [UInt8]) {
    bytes.append(varint: first)
    bytes.append(varint: last)
    bytes.append(varint: firstBlob)
    bytes.append(name.kind.rawValue)
    bytes.append(contentsOf: name.id.utf8)
  }
}
