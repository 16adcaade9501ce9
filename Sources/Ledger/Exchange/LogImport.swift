// An export made into a log again. Ledger id, positions, times, salts and hashes are carried over,
// so it is the same ledger: checkpoints signed on it hold, and so do cursors. The file is believed
// in nothing: every line is bounded, every record must have the hash that the line gives it, every
// text the digest, and every event must fold.

import LMDB
import Posix
import Wire

/// The state of an import: what the next line must follow from.
struct LogImport {
  private(set) var fold: Fold
  private(set) var blobs: UInt64 = 0
  private(set) var erased: UInt64 = 0
  private(set) var header: ExchangeHeader?
  private(set) var unit = ""
  private var incarnation: UInt64 = 1
  private var digests: [UInt64: SaltedDigest?] = [:]
  private var lastBlob: UInt64 = 0
  private var time = Timestamp(microseconds: .min)
  private var isGroupOpen = false
  private var money = ImportedMoney()
  private var scratch = AppendScratch()

  init() throws(LMDBError) { fold = try Fold(from: NoRows()) }

  /// Takes one line over into the log.
  /// - Throws: a `Flaw`; errors of the store.
  mutating func take(
    _ bytes: [UInt8], into log: borrowing LogSnapshot<WriteTransaction>
  ) throws {
    switch try ExchangeLine(bytes) {
    case .header(let header):
      guard self.header == nil else { throw Flaw("a second header") }
      self.header = header
    case .blob(let ordinal, let blob): try take(ordinal, blob, into: log)
    case .event(let line): try take(try ExchangeEvent(line), into: log)
    }
  }

  private mutating func take(
    _ ordinal: UInt64, _ blob: StoredBlob?, into log: borrowing LogSnapshot<WriteTransaction>
  ) throws {
    guard header != nil else { throw Flaw("the header is missing") }
    guard ordinal > lastBlob else { throw Flaw("text \(ordinal) comes after \(lastBlob)") }
    lastBlob = ordinal
    digests[ordinal] = .some(blob.map { SaltedDigest(salt: $0.salt, content: $0.content) })
    if blob == nil { erased += 1 } else { blobs += 1 }
    let row = blob?.encoded ?? []
    try log.transaction.append(log.tables.blobs, ordinal, row.bytes)
  }

  private mutating func take(
    _ line: ExchangeEvent, into log: borrowing LogSnapshot<WriteTransaction>
  ) throws {
    guard let header else { throw Flaw("the header is missing") }
    let position = fold.position + 1
    guard line.position == position else {
      throw Flaw("position \(line.position) where \(position) must come")
    }
    guard line.time >= time else { throw Flaw("its time is before that of the event in front") }
    guard line.flags.contains(.first) != isGroupOpen else {
      throw Flaw("a group begins or goes on where it must not")
    }
    let known = try fold.subjects.number(of: line.subject, in: NoRows())
    let envelope = try line.envelope(isNew: known == nil)
    guard envelope.key == nil || line.flags.contains(.first) else { throw Flaw("a misplaced key") }
    let event = try line.event { try fold.subjects.number(of: $0, in: NoRows()) }
    try check(event, line.subject, header)
    let record = RecordHeader(
      type: line.type.rawValue, version: 1, flags: line.flags, time: line.time,
      subject: known ?? fold.subjects.count + 1, previous: line.previous)
    let hash = Record.encode(
      record, event, envelope, after: fold.hash, scratch: &scratch.writer, into: &scratch.record)
    guard hash.bytes == line.hash else {
      throw Flaw("the chain is broken: position \(position) does not have the hash it is given")
    }
    let recorded = RecordedEvent(
      position: position, header: record, envelope: envelope, event: event, hash: hash)
    try money.check(recorded)
    try fold.apply(recorded, NoRows())
    try log.transaction.append(log.tables.events, position, scratch.record.bytes)
    time = line.time
    isGroupOpen = !line.flags.contains(.last)
  }

  /// What folding does not look at: texts, names that become keys, numbers that must stay small.
  private mutating func check(
    _ event: Event, _ subject: Subject.Name, _ header: ExchangeHeader
  ) throws(Flaw) {
    guard event.type.subjectKind == subject.kind else { throw Flaw("an event of another subject") }
    var names: [BlobName] = []
    event.forEachBlob { if let name = $0.name { names.append(name) } }
    for name in names {
      guard let digest = digests[name.ordinal] else {
        throw Flaw("text \(name.ordinal) is not in the file")
      }
      guard digest.map({ $0 == name.digest }) ?? true else {
        throw Flaw("text \(name.ordinal) is not what was kept")
      }
    }
    switch event {
    case .ledgerOpened(let body):
      guard fold.position == 0, body.ledgerID == header.ledgerID else {
        throw Flaw("ledger.opened stands at position 1 and has the header's id")
      }
      unit = body.unit
    case .ledgerRestored(let body): incarnation = body.incarnation
    case .ledgerPolicySet(let body): try checkName(body.name)
    case .ledgerSubmissionPaused(let body): try checkName(body.provider)
    case .ledgerSubmissionUnpaused(let body): try checkName(body.provider)
    case .jobSubmitted(let body):
      try checkName(body.provider)
      try checkSteps(body)
    case .jobStepSucceeded(let body): try checkName(body.nextProvider)
    case .jobDispatched(let body): try checkName(body.provider)
    case .jobDispatchStarted(let body):
      guard body.attempt <= Limits.stepsMax else {
        throw Flaw("an attempt beyond \(Limits.stepsMax)")
      }
    default: break
    }
    guard fold.position > 0 || event.type == .ledgerOpened else {
      throw Flaw("the first event is not ledger.opened")
    }
  }

  /// Shares are what a pipeline's charges are made of: they must be the hold, to the millionth.
  private func checkSteps(_ body: JobSubmitted) throws(Flaw) {
    guard body.steps ?? 1 <= Limits.trackedSteps else {
      throw Flaw("a job of more than \(Limits.trackedSteps) steps")
    }
    guard let shares = body.shares else { return }
    let plan = Plan(shares.map { Plan.Step(provider: "", share: $0) })
    guard shares.count <= Limits.planSteps, UInt64(shares.count) == body.steps ?? 1,
      plan.total == body.hold
    else { throw Flaw("the steps' shares are not the hold") }
  }

  private func checkName(_ name: String?) throws(Flaw) {
    guard name?.utf8.count ?? 0 <= Limits.nameBytes else {
      throw Flaw("a name of more than \(Limits.nameBytes) bytes")
    }
  }

  /// What must be true when the file has ended.
  /// - Throws: an `ImportError` for a file that ends early.
  func finish() throws(ImportError) -> ExchangeHeader {
    guard let header else { throw ImportError(line: 0, "is empty or no export of a ledger") }
    guard fold.position == header.head, !isGroupOpen else {
      throw ImportError(
        line: 0, "ends early: its header names \(header.head) events, it has \(fold.position)")
    }
    guard incarnation == header.incarnation else {
      throw ImportError(line: 1, "the incarnation is not that of the last ledger.restored")
    }
    return header
  }
}
