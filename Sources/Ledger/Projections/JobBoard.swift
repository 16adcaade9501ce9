// Every job's state, and the lists by which jobs are found: by state, by due time, by handle.

import LMDB
import Wire

/// What an event did to what is counted of a job.
struct JobChange {
  /// A job's state and the number of its provider.
  struct Standing: Equatable {
    let state: JobState
    let provider: UInt32
  }

  let old: Standing
  let new: Standing
}

extension Job {
  fileprivate var standing: JobChange.Standing {
    JobChange.Standing(state: state, provider: provider)
  }
}

/// Projection: job rows, state lists, the due list, handles, provider names, and with the handles
/// the messages that wait for them.
struct JobBoard: Sendable {
  private var jobs = RowCache<Job>(.jobs)
  private var handles = Handles()
  private var providers: Providers
  var notifications = Notifications()

  init(providerCount: UInt32 = 0) { providers = Providers(count: providerCount) }

  var providerCount: UInt32 { providers.count }
  var rowCount: Int { jobs.count }

  /// - Returns: where the job stood before and stands now, for the sums; nil when the event is not
  ///   about a job.
  mutating func apply<Source: RowSource & ~Copyable>(
    _ event: RecordedEvent, _ source: borrowing Source
  ) throws -> JobChange? {
    try notifications.apply(event, &handles, source)
    guard event.event.type.subjectKind == .job else { return nil }
    let place = try jobs.place(of: event.subject, in: source)
    guard jobs[place].last == event.header.previous else {
      throw ViewError.wrongSubject(event.position)
    }
    let old = jobs[place].standing
    try jobs[place].evolve(event)
    switch event.event {
    case .jobSubmitted(let body):
      jobs[place].provider = try providers.number(of: body.provider, in: source)
    case .jobDispatchStarted(let body):
      if let id = body.externalID {
        let provider = try providers.name(jobs[place].provider, in: source)
        let handle = Handle(provider: provider, externalID: id, step: event.envelope.step)
        try own(event.subject, handle, source)
      }
    case .jobDispatched(let body):
      jobs[place].provider = try providers.number(of: body.provider, in: source)
      if let id = body.externalID, body.duplicateOf == nil {
        let handle = Handle(
          provider: body.provider, externalID: id, step: event.envelope.step)
        try own(event.subject, handle, source)
      }
    case .jobStepSucceeded(let body):
      if let name = body.nextProvider {
        jobs[place].provider = try providers.number(of: name, in: source)
      }
    default: break
    }
    return JobChange(old: old, new: jobs[place].standing)
  }

  mutating func job<Source: RowSource & ~Copyable>(
    _ number: SubjectNumber, in source: borrowing Source
  ) throws(LMDBError) -> Job? {
    try jobs.row(number, in: source)
  }

  /// The newest event of a job; 0 when there is no such job.
  mutating func last<Source: RowSource & ~Copyable>(
    of number: SubjectNumber, in source: borrowing Source
  ) throws(LMDBError) -> Position {
    jobs[try jobs.place(of: number, in: source)].last
  }

  /// Whom a provider's id names, whichever step it is.
  mutating func recipient<Source: RowSource & ~Copyable>(
    provider: String, externalID: String, in source: borrowing Source
  ) throws(LMDBError) -> Handles.Recipient? {
    try handles.recipient(provider: provider, externalID: externalID, in: source)
  }

  /// The job that owns a handle.
  mutating func owner<Source: RowSource & ~Copyable>(
    of handle: Handle, in source: borrowing Source
  ) throws(LMDBError) -> SubjectNumber? {
    try handles.owner(of: handle, in: source)
  }

  mutating func providerName<Source: RowSource & ~Copyable>(
    _ number: UInt32, in source: borrowing Source
  ) throws(LMDBError) -> String {
    try providers.name(number, in: source)
  }

  private mutating func own<Source: RowSource & ~Copyable>(
    _ job: SubjectNumber, _ handle: Handle, _ source: borrowing Source
  ) throws(LMDBError) {
    let key = handle.rowKey
    try handles.own(job, handle, key, in: source)
    try notifications.own(job, key, source)
  }

  mutating func flush(
    into stored: borrowing StoredRows<WriteTransaction>, isNew: Bool
  ) throws(LMDBError) {
    var states = ByteRows(.states)
    var due = ByteRows(.due)
    jobs.forEachChange { number, old, new in
      let (state, dueAt) = new.listed
      if old?.state != state {
        if let old { states.delete([old.state.rawValue] + [UInt8](key: number)) }
        states.put([state.rawValue] + [UInt8](key: number), [])
      }
      if old?.dueAt != dueAt {
        if let time = old?.dueAt { due.delete(DueList.key(time, number)) }
        if let dueAt { due.put(DueList.key(dueAt, number), []) }
      }
    }
    try jobs.flush(into: stored, isNew: isNew)
    try states.flush(into: stored, isNew: isNew)
    try due.flush(into: stored, isNew: isNew)
    try handles.flush(into: stored, isNew: isNew)
    try providers.flush(into: stored, isNew: isNew)
    try notifications.flush(into: stored, isNew: isNew)
  }
}
