// Who the events are about, folded from the events alone: jobs with their state, and names.

import Wire

/// Jobs and accounts as the log tells them so far. A class, for every check looks at the one.
final class AuditJobs {
  /// A job with what its first event says.
  struct Entry {
    let id: String
    var job = Job()
    var provider = ""
    var model: String?
    var meta: BlobReference?
    /// What the app took in its own books.
    var charged: Credits?
  }

  private(set) var entries = NumberTable<Entry>()
  private var names = NumberTable<String>()

  /// Folds one event.
  /// - Returns: why it cannot stand where it does; the job then stays as it was.
  func apply(_ event: RecordedEvent) -> JobError? {
    if let name = event.envelope.subject {
      names[event.subject] = name.id
      if name.kind == .job { entries[event.subject] = Entry(id: name.id) }
    }
    guard event.event.type.subjectKind == .job else { return nil }
    if case .jobSubmitted(let body) = event.event {
      entries[event.subject]?.provider = body.provider
      entries[event.subject]?.model = body.model
      entries[event.subject]?.meta = body.meta
      entries[event.subject]?.charged = body.charged
    }
    if case .jobStepSucceeded(let body) = event.event, let provider = body.nextProvider {
      entries[event.subject]?.provider = provider
      entries[event.subject]?.model = body.nextModel
    }
    do throws(JobError) {
      try entries[event.subject]?.job.evolve(event)
      return nil
    } catch {
      return error
    }
  }

  func job(_ number: SubjectNumber) -> Job? { entries[number]?.job }

  /// The text id of a job or account; its number where the log names none.
  func name(_ number: SubjectNumber) -> String { names[number] ?? "#\(number)" }

  /// Open jobs, by number.
  var open: [(number: SubjectNumber, entry: Entry)] {
    entries.all.filter { !$0.value.job.state.isTerminal && $0.value.job.state != .none }
      .map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }
  }

  /// A finding about a job, by what an event of its shows.
  func finding(
    job number: SubjectNumber, _ positions: [Position], at time: Timestamp?,
    _ amount: Credits? = nil, _ message: String, mend: String
  ) -> AuditFinding {
    let account = entries[number].flatMap { $0.job.account == 0 ? nil : name($0.job.account) }
    return AuditFinding(
      positions: positions, job: name(number), account: account, amount: amount,
      message: message, mend: mend, time: time, jobNumber: number)
  }

  /// A finding about an account.
  func finding(
    account number: SubjectNumber, _ positions: [Position], at time: Timestamp?,
    _ amount: Credits? = nil, _ message: String, mend: String
  ) -> AuditFinding {
    AuditFinding(
      positions: positions, job: nil, account: name(number), amount: amount, message: message,
      mend: mend, time: time, jobNumber: nil)
  }

  /// A finding about a credit event: of a job where it belongs to one, else of its account.
  func finding(
    _ posting: AuditGroup.Posting, _ positions: [Position], _ amount: Credits?, _ message: String,
    mend: String
  ) -> AuditFinding {
    let event = posting.event
    guard entries[event.subject] == nil else {
      return finding(
        job: event.subject, positions, at: event.time, amount, message, mend: mend)
    }
    return finding(
      account: posting.movement.account, positions, at: event.time, amount, message, mend: mend)
  }
}
