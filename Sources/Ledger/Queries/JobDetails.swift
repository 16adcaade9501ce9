// A job with the names and texts that its row only points at.

package import Wire

/// What is needed to talk to a provider about a job, and to show it.
package struct JobDetails: Sendable {
  package let number: SubjectNumber
  package let id: String
  package let job: Job
  package let account: String
  /// Whom the current step asks, and for which model.
  package let provider: String
  package let model: String?
  package let submitted: JobSubmitted
  /// The newest handle of the current step; nil while there is none.
  package let handle: KnownHandle?
}

/// A handle as the log knows it.
package struct KnownHandle: Sendable, Equatable {
  package var provider: String
  package var externalID: String?
  package var model: String?
  /// Follow-up URLs by name: `status`, `result`, `cancel`, `stream`.
  package var urls: JSONObject
  /// When the attempt began or was adopted.
  package var since: Timestamp
}

extension Snapshot {
  package mutating func jobNumber(_ id: String) throws -> SubjectNumber? {
    try views.number(of: .job(id))
  }

  package mutating func accountNumber(_ id: String) throws -> SubjectNumber? {
    try views.number(of: .account(id))
  }

  package mutating func subject(_ number: SubjectNumber) throws -> Subject? {
    try views.subject(number)
  }

  package mutating func job(_ number: SubjectNumber) throws -> Job? { try views.job(number) }

  /// The job that owns a provider's id of a step; nil when none does.
  package mutating func owner(
    _ provider: String, _ externalID: String, step: UInt32
  ) throws -> SubjectNumber? {
    try views.owner(of: Handle(provider: provider, externalID: externalID, step: UInt64(step)))
  }

  package mutating func account(_ number: SubjectNumber) throws -> Account? {
    try views.account(number)
  }

  package mutating func providerName(_ number: UInt32) throws -> String {
    try views.providerName(number)
  }

  /// The event that pauses submission of such jobs; nil when nothing does.
  package mutating func pause(provider: String, account: SubjectNumber) throws -> Position? {
    try views.pause(provider: provider, account: account)
  }

  /// A policy's value; nil when it was never set.
  package mutating func policy(_ name: String) throws -> String? { try views.policy(name) }

  /// A job with its names; nil when there is no job of that number.
  package mutating func details(_ number: SubjectNumber) throws -> JobDetails? {
    guard let job = try views.job(number) else { return nil }
    return try details(number, job)
  }

  /// A job with its names, as the row given tells it.
  mutating func details(_ number: SubjectNumber, _ job: Job) throws -> JobDetails? {
    guard let subject = try views.subject(number),
      case .jobSubmitted(let submitted)? = try log.event(at: job.submitted)?.event
    else { return nil }
    let (provider, model) = try target(of: Int(job.step), job, submitted)
    return JobDetails(
      number: number, id: subject.name.id, job: job,
      account: try views.subject(job.account)?.name.id ?? "",
      provider: try provider ?? views.providerName(job.provider), model: model,
      submitted: submitted,
      handle: job.flags.contains(.hasHandle)
        ? try handle(at: job.handle, provider ?? views.providerName(job.provider)) : nil)
  }

  /// A handle as the event at a position tells it; nil when there is none.
  mutating func handle(at position: Position, _ provider: String) throws -> KnownHandle? {
    guard let event = try log.event(at: position) else { return nil }
    switch event.event {
    case .jobDispatched(let body):
      let urls = try body.urls.flatMap { try json($0) }?.object ?? JSONObject()
      return KnownHandle(
        provider: body.provider,
        externalID: try body.externalID ?? startedID(before: event), model: body.model,
        urls: urls, since: event.time)
    case .jobDispatchStarted(let body):
      return KnownHandle(
        provider: provider, externalID: body.externalID, model: nil, urls: JSONObject(),
        since: event.time)
    default: return nil
    }
  }

  /// Where our own id is the handle, `dispatch_started` said it.
  private func startedID(before event: RecordedEvent) throws -> String? {
    var position = event.header.previous
    while let earlier = try log.event(at: position) {
      if case .jobDispatchStarted(let body) = earlier.event { return body.externalID }
      position = earlier.header.previous
    }
    return nil
  }

  /// Kept free text; nil when it was erased.
  package func bytes(_ reference: BlobReference) throws -> [UInt8]? {
    try reference.name.flatMap { try log.blob($0) }
  }

  package func text(_ reference: BlobReference) throws -> String? {
    try bytes(reference).map { String(decoding: $0, as: UTF8.self) }
  }

  package func json(_ reference: BlobReference) throws -> JSON? {
    try bytes(reference).flatMap { try? JSON(parsing: $0) }
  }
}
