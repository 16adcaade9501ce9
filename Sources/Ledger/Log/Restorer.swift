// What a restored log says of its restore: which events are lost, that nothing is submitted for
// now, and which submits nobody can answer for.

import LMDB
import Posix
import Wire

/// Writes the events of one restore into the new log.
struct Restorer {
  private let manifest: BackupManifest
  private let incarnation: UInt64
  private let lost: ClosedRange<Position>?
  /// The place held this very log to its end: nothing happened since the backup.
  private let isWhole: Bool
  private let actor: Actor
  private let name: String?
  private var scratch = AppendScratch()

  init(
    _ manifest: BackupManifest, _ incarnation: UInt64, _ lost: ClosedRange<Position>?,
    isWhole: Bool, actor: Actor, by name: String?
  ) {
    self.manifest = manifest
    self.incarnation = incarnation
    self.lost = lost
    self.isWhole = isWhole
    self.actor = actor
    self.name = name
  }

  mutating func run(_ clerk: inout Clerk<NoRows, WriteTransaction>) throws -> RestoreReport {
    let end = clerk.views.position
    let newest = try clerk.log.event(at: end)?.time
    let clock = Timestamp(microseconds: Clock.wallMicroseconds())
    let now = max(clock, newest ?? clock)
    try noteRestore(&clerk, now)
    var (sending, waiting) = try Restorer.jobs(&clerk, through: end)
    if !isWhole {
      // They may have been sent since, and nobody can prove that they were not.
      let sent = try waiting.filter { try mayHaveBeenSent($0, &clerk, now) }
      waiting.removeAll { sent.contains($0) }
      sending += sent
    }
    for id in sending {
      let doubt = Doubt(
        fault: .interrupted,
        exchange: Exchange(message: "a backup was restored: this job may have been submitted"),
        reconcileAt: now, advice: "look for it at the provider")
      let command = Command(.job(id, .doubt(doubt)), actor: actor, by: name)
      _ = try clerk.carryOut(command, now: now, &scratch)
    }
    try notePause(&clerk, now)
    return RestoreReport(
      ledgerID: manifest.mark.ledgerID, incarnation: incarnation, backupHead: end, lost: lost,
      uncertain: sending, waiting: waiting, position: clerk.views.position)
  }

  /// Writes down the attempt that may have been made since the backup.
  /// - Returns: false when the books say that it cannot have been: paused, or past its hold's end.
  private mutating func mayHaveBeenSent(
    _ id: String, _ clerk: inout Clerk<NoRows, WriteTransaction>, _ now: Timestamp
  ) throws -> Bool {
    let start = Command(
      .job(id, .startDispatch(DispatchStart(nextAt: now))), actor: actor, by: name)
    do {
      _ = try clerk.carryOut(start, now: now, &scratch)
      return true
    } catch is Refusal {
      return false
    }
  }

  private mutating func noteRestore(
    _ clerk: inout Clerk<NoRows, WriteTransaction>, _ now: Timestamp
  ) throws {
    var group = clerk.emptyGroup
    let restored = LedgerRestored(
      incarnation: incarnation, backupHead: clerk.views.position, lostFrom: lost?.lowerBound,
      lostTo: lost?.upperBound)
    group.add(Draft(.ledger, .ledgerRestored(restored)))
    try clerk.append(
      group, by: Command(actor: actor, by: name), now: now, &scratch)
  }

  private mutating func notePause(
    _ clerk: inout Clerk<NoRows, WriteTransaction>, _ now: Timestamp
  ) throws {
    guard try clerk.views.pause(exactly: nil, nil) == nil else { return }
    var group = clerk.emptyGroup
    let why =
      "a backup of \(manifest.madeAt) was restored: jobs not sent by then may have been since"
    let paused = LedgerSubmissionPaused(reason: BlobReference(why))
    group.add(Draft(.ledger, .ledgerSubmissionPaused(paused)))
    try clerk.append(
      group, by: Command(actor: actor, by: name), now: now, &scratch)
  }

  /// Jobs being sent, and jobs to be sent, when the backup was made. One whose own id is the handle
  /// is in no doubt: it is asked for by that id, sent or not (PRODUCT, rule 3).
  private static func jobs(
    _ clerk: inout Clerk<NoRows, WriteTransaction>, through end: Position
  ) throws -> (sending: [String], waiting: [String]) {
    var numbers: [SubjectNumber] = []
    try clerk.log.scan(from: 1, through: end) { _, record in
      if record.header.type == EventType.jobSubmitted.rawValue {
        numbers.append(record.header.subject)
      }
      return true
    }
    var (sending, waiting): ([String], [String]) = ([], [])
    for number in numbers {
      guard let job = try clerk.views.job(number), let id = try clerk.views.subject(number)?.name.id
      else { continue }
      switch job.state {
      case .dispatching where !job.flags.contains(.hasHandle): sending.append(id)
      case .submitted: waiting.append(id)
      default: break
      }
    }
    return (sending, waiting)
  }
}
