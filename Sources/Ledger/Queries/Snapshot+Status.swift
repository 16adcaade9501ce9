// Gathers a job's status under one snapshot.

package import Wire

extension Snapshot {
  /// The status of a job by number; nil when there is no such job.
  package mutating func status(
    _ number: SubjectNumber, now: Timestamp
  ) throws -> JobStatus? {
    guard let job = try job(number), let subject = try subject(number) else { return nil }
    return try status(number, job, last: subject.last, now: now, isPast: false)
  }

  /// The status of a job as the row given tells it.
  /// - Parameters:
  ///   - last: the newest event that the row knows.
  ///   - isPast: the row is not of now: what is paused now says nothing of it.
  mutating func status(
    _ number: SubjectNumber, _ job: Job, last: Position, now: Timestamp, isPast: Bool
  ) throws -> JobStatus? {
    guard let details = try details(number, job) else { return nil }
    let ending = job.verdict == 0 ? nil : try log.event(at: job.verdict)?.event
    let body = details.submitted
    let outputs = try outputs(job, last: last)
    return JobStatus(
      id: details.id, state: job.state, provider: details.provider, model: details.model,
      account: details.account, externalID: details.handle?.externalID,
      fraction: job.overallFraction, stage: try stage(job), queuePlace: job.queuePlace,
      step: job.step, steps: job.steps, stepList: try steps(of: details, outputs),
      held: job.openHold, captured: job.captured, released: job.released,
      refunded: job.refunded, outputs: outputs,
      error: try failing(job, ending),
      meta: try body.meta.map { try json($0) ?? .null } ?? .object(JSONObject()),
      polls: job.polls, submittedAt: job.submittedAt, updatedAt: job.updatedAt,
      nextPollAt: job.state.isTerminal ? nil : job.nextAt,
      waitingFor: try waitingFor(details, now, isPast), position: last,
      diagnoses: try diagnoses(details, now, isPast))
  }

  /// The status of a job by its text id; nil when there is no such job.
  package mutating func status(job id: String, now: Timestamp) throws -> JobStatus? {
    guard let number = try jobNumber(id) else { return nil }
    return try status(number, now: now)
  }

  /// Codes of the incidents that the job's events show, the most important first. Of the past
  /// nothing is said: what was late then cannot be told from what happened since.
  private mutating func diagnoses(
    _ details: JobDetails, _ now: Timestamp, _ isPast: Bool
  ) throws -> [String] {
    isPast ? [] : try story(of: details, now: now).diagnoses.map(\.code)
  }

  /// The provider's word for where it is; of several steps, which of them.
  private func stage(_ job: Job) throws -> String? {
    let place = job.steps > 1 ? "step \(job.step + 1) of \(job.steps)" : nil
    guard job.progress != 0,
      case .jobProgressed(let body)? = try log.event(at: job.progress)?.event,
      let stage = try body.stage.flatMap({ try text($0) })
    else { return place }
    return place.map { "\($0): \(stage)" } ?? stage
  }

  private mutating func outputs(_ job: Job, last: Position) throws -> [JSON] {
    let stored = try storedOutputs(job, last: last)
    return try outputList(of: job).enumerated().map { index, output in
      [
        "url": output["url"] ?? .null, "media_type": output["media_type"] ?? .null,
        "stored": stored[UInt64(index)] ?? .null,
      ]
    }
  }

  private func failing(_ job: Job, _ ending: Event?) throws -> JobStatus.Failing? {
    guard job.state.isTerminal, let failureClass = job.failureClass else { return nil }
    let kept: BlobReference?
    switch ending {
    case .jobFailed(let body): kept = body.message
    case .jobCanceled(let body): kept = body.message
    default: kept = nil
    }
    return JobStatus.Failing(
      failureClass: failureClass, message: try kept.flatMap { try text($0) })
  }

  private mutating func waitingFor(
    _ details: JobDetails, _ now: Timestamp, _ isPast: Bool
  ) throws -> String? {
    let job = details.job
    var wait = Waiting(id: details.id, provider: details.provider, job: job, now: now)
    if !isPast {
      if memory.poller == nil { memory.poller = try pollerTrace() }
      wait.poller = memory.poller
    }
    if job.state == .submitted, !isPast,
      let position = try pause(provider: details.provider, account: job.account)
    {
      wait.pause = position
      if case .ledgerSubmissionPaused(let body)? = try log.event(at: position)?.event {
        wait.reason = try body.reason.flatMap { try text($0) }
      }
    }
    if job.state == .parked, case .jobParked(let body)? = try log.event(at: job.parked)?.event {
      wait.reason = try body.message.flatMap { try text($0) }
    }
    return wait.sentence
  }
}
