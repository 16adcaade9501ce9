// A group that no decision would write, appended with every checksum, hash and the witness right:
// what an audit is for.

import LMDB
import Support
import Wire

@testable import Ledger

/// A closed home that a test forges events into.
final class ForgedHome {
  private let place: TemporaryHome
  let clock = FakeClock()
  var home: Home { place.home }

  /// An account `acme` (opened at position 2) with 100 credits (bucket 3), then what `actions` do.
  init(_ actions: Action...) throws {
    place = try TemporaryHome()
    let books = try Books(place.home) { [clock] in clock.now }
    for action in [.grant("100")] + actions {
      _ = try books.append(Command(action, actor: .cli, by: "tester"))
    }
  }

  /// Acme's bucket, and the account itself.
  static let bucket: Position = 3
  static let account: SubjectNumber = 2

  /// Appends one group about a subject, which must be known unless the first event names it.
  /// - Parameter events: each with its next time; positions follow the log's end.
  func forge(
    _ subject: Subject.Name = .job("j1"), isNew: Bool = false,
    _ events: (_ first: Position) -> [(Event, Timestamp?)]
  ) throws {
    let log = try Log(home.log)
    let snapshot = try log.write()
    let end = try snapshot.end()
    var fold = try Fold(from: NoRows())
    var last: [SubjectNumber: Position] = [:]
    try snapshot.events(from: 1) { event in
      try fold.subjects.apply(event, nil, NoRows())
      last[event.subject] = event.position
      return true
    }
    let known = try fold.subjects.number(of: subject, in: NoRows())
    let number = isNew ? fold.subjects.count + 1 : known ?? 0
    var previous = last[number] ?? 0
    var (position, hash) = end
    let group = events(end.position + 1)
    for (index, (event, nextAt)) in group.enumerated() {
      var envelope = Envelope()
      envelope.nextAt = nextAt
      if isNew, index == 0 { envelope.subject = subject }
      var flags: RecordHeader.Flags = []
      if index == 0 { flags.insert(.first) }
      if index == group.count - 1 { flags.insert(.last) }
      let header = RecordHeader(
        type: event.type.rawValue, version: 1, flags: flags, time: clock.now, subject: number,
        previous: previous)
      var writer = CBORWriter()
      var record: [UInt8] = []
      hash = Record.encode(header, event, envelope, after: hash, scratch: &writer, into: &record)
      position += 1
      previous = position
      try snapshot.transaction.append(snapshot.tables.events, position, record.bytes)
    }
    let meta = try snapshot.meta()
    try snapshot.commit()
    var head = try Head(home.head)
    try head.write(
      HeadMark(
        ledgerID: meta.ledgerID, incarnation: meta.incarnation, position: position, hash: hash))
    try head.flush()
  }

  func audit(_ selector: Selector = Selector()) throws -> AuditReport {
    try Audit(home, selector, now: clock.now).run()
  }

  /// Names of the checks that found something.
  func failing() throws -> [String] { try audit().results.filter { !$0.isOK }.map(\.check) }
}

extension [BucketLine] {
  /// A line of acme's bucket.
  static func acme(_ amount: String) -> [BucketLine] {
    [BucketLine(bucket: ForgedHome.bucket, amount: Credits(amount)!)]
  }
}
