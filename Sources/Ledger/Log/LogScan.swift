// One pass over every record and every blob: what `verify` says of the log itself.

import LMDB
import Wire

/// The state of a pass, and the first fault of each kind.
struct LogScan {
  private(set) var end: Position = 0
  private(set) var checks: [VerifyCheck] = []
  /// The fold of the whole log; nil when an event does not fold.
  private(set) var views: Fold?
  private var faults: [String: String] = [:]
  private var hash = Digest.zero
  private var time = Timestamp(microseconds: .min)
  private var isGroupOpen = false
  private var blobs: UInt64 = 0
  private var erased: UInt64 = 0
  /// Types and versions of the records, as the numbers that the keys in `schemas` spell.
  private var used: Set<UInt32> = []

  private mutating func fault(_ check: String, _ detail: String) {
    if faults[check] == nil { faults[check] = detail }
  }

  mutating func run<Snapshot: Transaction & ~Copyable>(
    over log: borrowing LogSnapshot<Snapshot>
  ) throws {
    views = try Fold(from: NoRows())
    let transaction = log.tables.events
    let cursor = try log.transaction.cursor(transaction)
    while let row = try cursor.next() {
      let position: Position = try row.number
      if position != end + 1 { fault("positions", "after \(end) comes \(position)") }
      end = position
      do {
        try look(at: try Record(row.value), position, log)
      } catch {
        fault("records", "position \(position): \(error)")
        views = nil
      }
    }
    if isGroupOpen { fault("groups", "the last group has no end") }
    try lookAtSchemas(log)
    let passed = [
      ("positions", "1 to \(end) without a gap"), ("checksums", "crc32c of \(end) records"),
      ("chain", "SHA-256 chain of \(end) records"), ("records", "\(end) records are known events"),
      ("times", "recorded time never goes back"), ("groups", "every group is whole"),
      ("subjects", "each subject's events form one chain; jobs and credits fold"),
      ("blobs", "\(blobs) texts match their salted digests, \(erased) erased"),
      ("schemas", "every row says what this program would write"),
    ]
    checks = passed.map { name, detail in
      VerifyCheck(name: name, isOK: faults[name] == nil, detail: faults[name] ?? detail)
    }
  }

  private mutating func look<Snapshot: Transaction & ~Copyable>(
    at record: borrowing Record, _ position: Position, _ log: borrowing LogSnapshot<Snapshot>
  ) throws {
    if !record.isIntact { fault("checksums", "position \(position): the bytes changed") }
    if !record.isChained(to: hash) {
      fault("chain", "position \(position) does not follow from the one before it")
    }
    hash = record.hash
    let header = record.header
    if header.time < time { fault("times", "position \(position) is before the one in front") }
    time = header.time
    if header.flags.contains(.first) == isGroupOpen {
      fault("groups", "position \(position): a group begins or goes on where it must not")
    }
    isGroupOpen = !header.flags.contains(.last)
    used.insert(UInt32(header.type) << 8 | UInt32(header.version))
    let event = try record.decoded(at: position)
    do {
      try views?.apply(event, NoRows())
    } catch {
      fault("subjects", "\(error)")
      views = nil
    }
    try lookAtBlobs(of: event, log)
  }

  private mutating func lookAtBlobs<Snapshot: Transaction & ~Copyable>(
    of event: RecordedEvent, _ log: borrowing LogSnapshot<Snapshot>
  ) throws {
    var names: [BlobName] = []
    event.event.forEachBlob { if let name = $0.name { names.append(name) } }
    for name in names {
      guard try log.transaction.value(log.tables.blobs, name.ordinal) != nil else {
        fault("blobs", "position \(event.position): blob \(name.ordinal) is not there")
        continue
      }
      do {
        guard let blob = try log.storedBlob(name.ordinal) else {
          erased += 1
          continue
        }
        blobs += 1
        if SaltedDigest(salt: blob.salt, content: blob.content) != name.digest {
          fault("blobs", "position \(event.position): blob \(name.ordinal) is not what was kept")
        }
      } catch {
        fault("blobs", "position \(event.position): \(error)")
      }
    }
  }

  /// No chain protects these rows, so each is compared with what it must be. One that is not there
  /// is missed only where the log has such an event: the next writer adds those of a newer program.
  private mutating func lookAtSchemas<Snapshot: Transaction & ~Copyable>(
    _ log: borrowing LogSnapshot<Snapshot>
  ) throws {
    for (key, text) in SchemaText.all {
      let type = Int(key[0]) << 8 | Int(key[1])
      let name = type == 0 ? "the envelope" : "type \(type)"
      if let row = try log.transaction.value(log.tables.schemas, key.bytes) {
        if !SchemaText.agrees(row.array, with: text) {
          fault("schemas", "the row of \(name) is not what was written")
        }
      } else if type == 0 || used.contains(UInt32(type) << 8 | UInt32(key[2])) {
        fault("schemas", "there is no row of \(name)")
      }
    }
  }
}
