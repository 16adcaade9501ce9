// What each event does to a job's state. Pure; the automaton's table is asserted on every event.

import Wire

extension Job {
  /// The state after `event`.
  /// - Throws: `JobError` when the event is no word of the automaton in this state: the log was
  ///   not written by `decide`.
  package mutating func evolve(_ event: RecordedEvent) throws(JobError) {
    switch event.event {
    case .creditHeld(let body): hold += body.amount
    case .creditCaptured(let body): captured += body.amount
    case .creditReleased(let body): released += body.amount
    case .creditRefunded(let body): refunded += body.amount
    default:
      let next = next(event)
      guard Automaton.next(state, event.event.type).contains(next) else {
        throw JobError(position: event.position, state: state, event: event.event.type, next: next)
      }
      evolve(event, to: next)
    }
    updatedAt = event.time
    last = event.position
  }

  /// Where the event leads: the one state the table names, or what body and history decide.
  private func next(_ event: RecordedEvent) -> JobState {
    switch event.event {
    case .jobSubmitted: .submitted
    case .jobDispatchStarted: .dispatching
    case .jobDispatched: .dispatched
    case .jobDispatchUncertain: .uncertain
    case .jobDispatchRefused(let body): body.retry ? .submitted : .dispatching
    // An answer about an earlier step says nothing of this one.
    case .jobPolled where event.envelope.step != UInt64(step),
      .jobNotified where event.envelope.step != UInt64(step):
      state
    case .jobPolled(let body): state == .dispatched && body.reading == .pending ? .running : state
    case .jobNotified(let body):
      state == .dispatched && body.reading == .pending && body.isBelievable ? .running : state
    case .jobStepSucceeded: .submitted
    case .jobSucceeded, .jobRecovered: .succeeded
    case .jobFailed: .failed
    case .jobCanceled: .canceled
    case .jobOverdue: .overdue
    case .jobExpired: .expired
    case .jobParked: .parked
    case .jobUnparked: stateBeforeParking
    case .jobStoring: state == .succeeded ? .succeeded : .storing
    default: state
    }
  }

  private mutating func evolve(_ event: RecordedEvent, to next: JobState) {
    let position = event.position
    switch event.event {
    case .jobSubmitted(let body): submit(body, at: event)
    case .jobDispatchStarted(let body):
      attempts = UInt32(clamping: body.attempt)
      if body.externalID != nil { flags.insert(.hasHandle) }
      flags.setMembership(.repeatable, body.idempotencyKey != nil)
      handle = position
    case .jobDispatched(let body): dispatch(body, at: event)
    case .jobDispatchUncertain, .jobDispatchRefused: answer(event)
    case .jobPolled where event.envelope.step != UInt64(step): polls += 1
    case .jobNotified where event.envelope.step != UInt64(step): break
    case .jobPolled, .jobNotified: answer(event)
    case .jobProgressed(let body):
      // A row keeps these plus one, so the greatest number must not be reached.
      if let share = body.fraction { fraction = UInt32(min(share, 1_000_000)) }
      queuePlace = body.queuePlace.map { UInt32(min($0, UInt64(UInt32.max) - 1)) }
      progress = position
    case .jobStepSucceeded(let body): advance(body, at: position)
    case .jobSucceeded(let body): succeed(body.outputCount, position)
    case .jobRecovered(let body): succeed(body.outputCount, position)
    case .jobStoring(let body):
      if body.attempt == nil {
        storing = position
        storedCount = 0
        if let count = body.outputCount { outputCount = UInt32(clamping: count) }
      }
      storeAttempts = UInt32(clamping: body.attempt ?? 0)
    case .jobStored:
      storedCount += 1
      storeAttempts = 0
    case .jobFailed(let body): fail(body.class, position)
    case .jobCanceled(let body): fail(body.class, position)
    case .jobExpired(let body): fail(body.class, position)
    case .jobCancelRequested: cancel = position
    case .jobParked(let body):
      // A submit whose answer nobody will wait for is in doubt: it is never sent again from here.
      stateBeforeParking = state == .dispatching ? .uncertain : state
      parkReason = body.reason
      parked = position
    case .jobResolved: flags.insert(.resolved)
    default: break
    }
    if case .jobRecovered(let body) = event.event { writtenOff += body.writtenOff ?? .zero }
    wait(event, next)
    if state == .parked && next != .parked {
      stateBeforeParking = .none
      parkReason = nil
    }
    state = next
  }

  private mutating func submit(_ body: JobSubmitted, at event: RecordedEvent) {
    account = body.account
    steps = UInt32(clamping: body.steps ?? 1)
    pipeline = body.shares?.map(PipelineStep.init) ?? []
    submitted = event.position
    submittedAt = event.time
    holdExpires = body.holdExpires
    patienceMilliseconds = body.patienceMilliseconds ?? 0
    if body.tracked == true { flags.insert(.tracked) }
  }

  private mutating func dispatch(_ body: JobDispatched, at event: RecordedEvent) {
    handle = event.position
    dispatchedAt = event.time
    overdueAt = body.patienceMilliseconds.map {
      event.time.advanced(seconds: Double($0) / 1000)
    }
    flags.insert(.hasHandle)
    flags.setMembership(.duplicate, body.duplicateOf != nil)
    failedPolls = 0
    step = UInt32(clamping: event.envelope.step)
  }

  private mutating func answer(_ event: RecordedEvent) {
    answer = event.position
    switch event.event {
    case .jobPolled(let body):
      polls += 1
      replyClass = body.class
      failedPolls = body.reading == .unknown ? failedPolls + 1 : 0
      flags.setMembership(.resultDue, body.nextRequest == .result)
      if body.request == .cancel, body.class != .transient, body.class != .rateLimited {
        flags.insert(.cancelSent)
      }
    case .jobNotified(let body): replyClass = body.class
    case .jobDispatchRefused(let body):
      replyClass = body.class
      flags.setMembership(.accountProblem, body.accountProblem == true)
      if body.retry { flags.remove(.hasHandle) }
    default: break
    }
  }

  private mutating func succeed(_ outputs: UInt64, _ position: Position) {
    verdict = position
    failureClass = nil
    fraction = 1_000_000
    outputCount = UInt32(clamping: outputs)
  }

  private mutating func fail(_ failure: FailureClass, _ position: Position) {
    failureClass = failure
    verdict = position
  }

  /// Keeps "exactly one of: next time, or parked with a reason" for open jobs. Answers replace the
  /// next time, ends clear it, everything else leaves it unless it names a new one.
  private mutating func wait(_ event: RecordedEvent, _ next: JobState) {
    if let nextAt = event.envelope.nextAt {
      self.nextAt = nextAt
      return
    }
    switch event.event {
    case .jobPolled where state != .parked, .jobSucceeded, .jobFailed, .jobCanceled, .jobExpired,
      .jobRecovered, .jobParked, .jobStored, .jobStoreFailed:
      nextAt = nil
    default: break
    }
  }
}

extension JobNotified {
  /// A webhook says something only if its signature verified (PRODUCT.md, rule 8).
  fileprivate var isBelievable: Bool { channel != .webhook || verified == true }
}

extension OptionSet where Element == Self {
  mutating func setMembership(_ member: Element, _ isMember: Bool) {
    if isMember { insert(member) } else { remove(member) }
  }
}

/// An event that the automaton does not allow where it stands.
package struct JobError: Error, Equatable, CustomStringConvertible {
  package let position: Position
  package let state: JobState
  package let event: EventType
  package let next: JobState

  package var description: String {
    "position \(position): \(event.name) cannot lead from \(state.name) to \(next.name)"
  }
}
