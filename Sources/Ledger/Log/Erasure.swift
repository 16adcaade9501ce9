// Which free text an erasure means: found in one pass over the log, before anything is changed.

import LMDB
import Wire

/// The texts to be emptied, and the jobs that this concerns.
struct Erasure: Sendable {
  /// Rows of the log's `blobs`, none of them empty yet.
  private(set) var ordinals: Set<UInt64> = []
  /// Bytes of those rows as stored.
  private(set) var bytes: UInt64 = 0
  /// Jobs of the account that were never sent.
  private(set) var unsent: [String] = []
  /// Jobs of the account that the provider has and that go on.
  private(set) var open: [String] = []
  /// Named by what is to be erased, and by what is to stay: a text can be both.
  private var marked: Set<UInt64> = []
  private var kept: Set<UInt64> = []

  /// Everything of an account and of its jobs. What stays: why it was forgotten, and the follow-up
  /// URLs without which a job that goes on could never be asked for its verdict.
  static func account(
    _ number: SubjectNumber, _ views: inout Views<StoredRows<ReadTransaction>>,
    _ log: borrowing LogSnapshot<ReadTransaction>
  ) throws -> Erasure {
    var erasure = Erasure()
    var jobs: [SubjectNumber: Job] = [:]
    var handles: Set<Handle> = []
    var orphans: [(handle: Handle, names: [UInt64])] = []
    try log.events(from: 1) { event in
      switch event.event {
      case .jobSubmitted(let body) where body.account == number:
        guard let job = try views.job(event.subject) else { break }
        jobs[event.subject] = job
        try erasure.note(job, event.subject, &views)
      case .notificationOrphaned(let body):
        if let id = body.externalID {
          orphans.append((Handle(provider: body.provider, externalID: id, step: 0), event.blobs))
        }
      case .jobDispatched(let body) where jobs[event.subject] != nil:
        if let id = body.externalID {
          handles.insert(Handle(provider: body.provider, externalID: id, step: 0))
        }
      default: break
      }
      erasure.mark(event, of: number, jobs)
      return true
    }
    for orphan in orphans where handles.contains(orphan.handle) {
      erasure.marked.formUnion(orphan.names)
    }
    try erasure.count(log)
    return erasure
  }

  /// Everything of jobs that ended and of which nothing was heard since `time`. Whole jobs: while
  /// one text of a job is left, its salt is too, and short erased ones could be guessed.
  static func before(
    _ time: Timestamp, _ views: inout Views<StoredRows<ReadTransaction>>,
    _ log: borrowing LogSnapshot<ReadTransaction>
  ) throws -> Erasure {
    var erasure = Erasure()
    var ended: [SubjectNumber: Bool] = [:]
    try log.events(from: 1) { event in
      guard event.event.type.subjectKind == .job else { return true }
      if ended[event.subject] == nil {
        let job = try views.job(event.subject)
        ended[event.subject] =
          job?.state.isTerminal == true && (job?.updatedAt).map { $0 < time } ?? false
      }
      if ended[event.subject] == true { erasure.marked.formUnion(event.blobs) }
      return true
    }
    try erasure.count(log)
    return erasure
  }

  private mutating func mark(
    _ event: RecordedEvent, of account: SubjectNumber, _ jobs: [SubjectNumber: Job]
  ) {
    let job = jobs[event.subject]
    if case .accountForgotten = event.event {
      kept.formUnion(event.blobs)
    } else if event.subject == account || job != nil || event.concerns(account, jobs) {
      marked.formUnion(event.blobs)
    }
    if job?.keeps(event) == true, case .jobDispatched(let body) = event.event,
      let name = body.urls?.name
    {
      kept.insert(name.ordinal)
    }
  }

  private mutating func note(
    _ job: Job, _ number: SubjectNumber, _ views: inout Views<StoredRows<ReadTransaction>>
  ) throws {
    guard !job.state.isTerminal, let id = try views.subject(number)?.name.id else { return }
    if job.wasNeverSent { unsent.append(id) } else { open.append(id) }
  }

  /// Of what is marked, that which is still there.
  private mutating func count(_ log: borrowing LogSnapshot<ReadTransaction>) throws {
    for ordinal in marked.subtracting(kept) {
      guard let row = try log.transaction.value(log.tables.blobs, ordinal), row.byteCount > 0 else {
        continue
      }
      ordinals.insert(ordinal)
      bytes += UInt64(row.byteCount)
    }
  }
}

extension RecordedEvent {
  /// Ordinals of the texts that it names.
  fileprivate var blobs: [UInt64] {
    var ordinals: [UInt64] = []
    event.forEachBlob { if let name = $0.name { ordinals.append(name.ordinal) } }
    return ordinals
  }

  /// An event about something else that says something of the account or of one of its jobs.
  fileprivate func concerns(_ account: SubjectNumber, _ jobs: [SubjectNumber: Job]) -> Bool {
    switch event {
    case .ledgerSubmissionPaused(let body): body.account == account
    case .providerBilled(let body): body.job.map { jobs[$0] != nil } ?? false
    default: false
    }
  }
}

extension Job {
  /// Nothing of it can be at a provider.
  fileprivate var wasNeverSent: Bool {
    state == .submitted || state == .parked && stateBeforeParking == .submitted
  }

  /// True of the event that holds the handle by which an open job is asked for.
  fileprivate func keeps(_ event: RecordedEvent) -> Bool {
    !state.isTerminal && !wasNeverSent && event.position == handle
  }
}
