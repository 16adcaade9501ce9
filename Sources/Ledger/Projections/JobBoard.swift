// Every job's state, and the lists by which jobs are found: by state, by due time, by handle.

import LMDB
import Wire

/// Projection: job rows, state lists, the due list, handles, provider names, and with the handles
/// the messages that wait for them.
struct JobBoard: Sendable {
  private var jobs = RowCache<Job>(.jobs)
  private var externals = ByteRows(.externals)
  private var providers: Providers
  var notifications = Notifications()

  init(providerCount: UInt32 = 0) { providers = Providers(count: providerCount) }

  var providerCount: UInt32 { providers.count }

  /// - Returns: the job before and after, for the sums; nil when the event is not about a job.
  mutating func apply<Source: RowSource & ~Copyable>(
    _ event: RecordedEvent, _ source: borrowing Source
  ) throws -> (old: Job?, new: Job)? {
    try notifications.apply(event, source)
    guard event.event.type.subjectKind == .job else { return nil }
    let old = try jobs.row(event.subject, in: source)
    var job = old ?? Job()
    try job.evolve(event)
    switch event.event {
    case .jobSubmitted(let body):
      job.provider = try providers.number(of: body.provider, in: source)
    case .jobDispatchStarted(let body):
      if let id = body.externalID {
        let provider = try providers.name(job.provider, in: source)
        let handle = Handle(provider: provider, externalID: id, step: event.envelope.step)
        try own(event.subject, handle, source)
      }
    case .jobDispatched(let body):
      job.provider = try providers.number(of: body.provider, in: source)
      if let id = body.externalID, body.duplicateOf == nil {
        let handle = Handle(
          provider: body.provider, externalID: id, step: event.envelope.step)
        try own(event.subject, handle, source)
      }
    case .jobStepSucceeded(let body):
      if let name = body.nextProvider {
        job.provider = try providers.number(of: name, in: source)
      }
    default: break
    }
    jobs.set(event.subject, job)
    return (old, job)
  }

  mutating func job<Source: RowSource & ~Copyable>(
    _ number: SubjectNumber, in source: borrowing Source
  ) throws(LMDBError) -> Job? {
    try jobs.row(number, in: source)
  }

  /// The job that owns a handle.
  mutating func owner<Source: RowSource & ~Copyable>(
    of handle: Handle, in source: borrowing Source
  ) throws(LMDBError) -> SubjectNumber? {
    try externals.row(handle.rowKey, in: source) { $0.littleEndian(at: 0) }
  }

  mutating func providerName<Source: RowSource & ~Copyable>(
    _ number: UInt32, in source: borrowing Source
  ) throws(LMDBError) -> String {
    try providers.name(number, in: source)
  }

  private mutating func own<Source: RowSource & ~Copyable>(
    _ job: SubjectNumber, _ handle: Handle, _ source: borrowing Source
  ) throws(LMDBError) {
    var value: [UInt8] = []
    value.append(littleEndian: job)
    externals.put(handle.rowKey, value)
    try notifications.own(job, handle, source)
  }

  mutating func flush(
    into stored: borrowing StoredRows<WriteTransaction>, isNew: Bool
  ) throws(LMDBError) {
    var states = ByteRows(.states)
    var due = ByteRows(.due)
    for (number, old, new) in jobs.changes {
      if old?.state != new.state {
        if let old { states.delete([old.state.rawValue] + [UInt8](key: number)) }
        states.put([new.state.rawValue] + [UInt8](key: number), [])
      }
      if old?.dueAt != new.dueAt {
        if let time = old?.dueAt { due.delete(DueList.key(time, number)) }
        if let time = new.dueAt { due.put(DueList.key(time, number), []) }
      }
    }
    try jobs.flush(into: stored, isNew: isNew)
    try states.flush(into: stored, isNew: isNew)
    try due.flush(into: stored, isNew: isNew)
    try externals.flush(into: stored, isNew: isNew)
    try providers.flush(into: stored, isNew: isNew)
    try notifications.flush(into: stored, isNew: isNew)
  }
}
