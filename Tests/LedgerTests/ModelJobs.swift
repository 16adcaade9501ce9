// The rules of a job's life once more, for the random histories.

import Ledger
import Wire

/// A job as the rules describe it.
struct ModelJob {
  let account: String
  var provider: String
  /// Share, provider of each step of a pipeline; one for every other job.
  let plan: [(share: Int64, provider: String)]
  var step = 0
  /// What the steps that are done cost, and whether that is paid for in any case.
  var done: [(price: Int64, isEarned: Bool)] = []
  var hold: Int64
  let holdExpires: Timestamp?
  let patience: UInt64?
  var lines: [ModelLine]
  var captured: Int64 = 0
  var released: Int64 = 0
  var refunded: Int64 = 0
  /// What was charged to which bucket and not refunded, in draw order.
  var charged: [ModelLine] = []
  /// Outputs are being saved: so many, so many of them done.
  var storing = false
  var outputs = 0
  var saved = 0
  /// The price that the success named.
  var price: Int64?
  var writtenOff: Int64 = 0
  var state = JobState.submitted
  var beforeParking = JobState.none
  var attempts = 0
  var hasHandle = false
  var isDuplicate = false
  var isRepeatable = false
  var isCancelRequested = false
  var overdueAt: Timestamp?

  init(_ submission: Submission, until end: Timestamp?, lines: [ModelLine]) {
    account = submission.account
    provider = submission.provider
    plan =
      submission.plan?.steps.map { ($0.share.micros, $0.provider) }
      ?? [(submission.hold.micros, submission.provider)]
    hold = submission.hold.micros
    holdExpires = end
    patience = submission.patienceMilliseconds
    self.lines = lines
  }

  mutating func becomeDispatched(_ handle: FoundHandle, _ now: Timestamp) {
    state = .dispatched
    hasHandle = true
    overdueAt = (patience ?? handle.patienceMilliseconds)
      .map { Timestamp(microseconds: now.microseconds + Int64($0) * 1000) }
  }

  var waitsForStore: Bool {
    state == .storing || state == .parked && beforeParking == .storing
  }

  var isLastStep: Bool { step + 1 == plan.count }

  /// The price that a reply names, within the step's share.
  func price(_ reported: Int64?) -> Int64 {
    min(max(reported ?? plan[step].share, 0), plan[step].share)
  }

  /// All that a success costs.
  func fullPrice(_ reported: Int64?) -> Int64 { done.reduce(price(reported)) { $0 + $1.price } }

  var isEnded: Bool { [.succeeded, .failed, .canceled, .expired].contains(state) }
}

extension ModelBooks {
  mutating func decide(
    _ command: JobCommand, on id: String, _ now: Timestamp
  ) throws -> [EventType] {
    let job = jobs[id]!
    switch command {
    case .startDispatch(let start): return try self.start(start, id, now)
    case .accept(let acceptance): return try accept(acceptance, id, now)
    case .doubt(let doubt):
      guard job.state == .dispatching else { throw ModelRefusal(code: .conflict) }
      jobs[id]!.state = .uncertain
      return [.jobDispatchUncertain] + (doubt.reconcileAt == nil ? park(id) : [])
    case .refuse(let refused): return try refuse(refused, id, now)
    case .observe(let seen): return observe(seen, id, now)
    case .cancel: return try cancel(id, now)
    case .deliver(let delivery):
      return [delivery.failure == nil ? .jobDelivered : .jobDeliveryFailed]
    case .report: return [.jobClientReported]
    case .check:
      guard job.state != .parked, !job.isEnded || job.hasHandle else {
        throw ModelRefusal(code: .conflict)
      }
      return [.jobCheckRequested]
    case .park:
      guard !job.isEnded, job.state != .parked else { throw ModelRefusal(code: .conflict) }
      return park(id)
    case .unpark:
      guard job.state == .parked, !job.isDuplicate else { throw ModelRefusal(code: .conflict) }
      jobs[id]!.state = job.beforeParking
      return [.jobUnparked]
    case .startStore:
      try requireSaving(job, output: job.saved)
      return [.jobStoring]
    case .stored(let output):
      try requireSaving(job, output: Int(output.output))
      jobs[id]!.saved += 1
      guard job.state == .storing, job.saved + 1 == job.outputs else { return [.jobStored] }
      jobs[id]!.state = .succeeded
      return [.jobStored, .jobSucceeded] + settle(id, charge: job.fullPrice(job.price), now)
    case .storeFailed(let failure):
      try requireSaving(job, output: Int(failure.output))
      let isLost = failure.retryAt == nil && job.state == .storing
      return [.jobStoreFailed] + (isLost ? park(id) : [])
    case .resolve(let resolution, _):
      if job.isEnded { throw ModelRefusal(code: .conflict) }
      jobs[id]!.state = resolution == .succeeded ? .succeeded : .failed
      if resolution == .succeeded { jobs[id]!.outputs = job.storing ? job.outputs : 0 }
      let verdict: EventType = resolution == .succeeded ? .jobSucceeded : .jobFailed
      guard resolution == .succeeded else { return [.jobResolved, verdict] + finish(id, nil, now) }
      return [.jobResolved, verdict] + settle(id, charge: job.hold, now)
    case .expire:
      guard !job.isEnded, !job.waitsForStore, let end = job.holdExpires, end <= now else {
        throw ModelRefusal(code: .conflict)
      }
      jobs[id]!.state = .expired
      return [.jobExpired] + finish(id, nil, now)
    }
  }

  /// A submit under way that nobody will wait for is in doubt.
  private mutating func park(_ id: String) -> [EventType] {
    let state = jobs[id]!.state
    jobs[id]!.beforeParking = state == .dispatching ? .uncertain : state
    jobs[id]!.state = .parked
    return [.jobParked]
  }

  private mutating func start(
    _ start: DispatchStart, _ id: String, _ now: Timestamp
  ) throws -> [EventType] {
    let job = jobs[id]!
    guard job.state == .submitted || job.state == .uncertain && job.isRepeatable else {
      throw ModelRefusal(code: .conflict)
    }
    if isPaused(job) { throw ModelRefusal(code: .notAllowed) }
    if let end = job.holdExpires, end <= now { throw ModelRefusal(code: .conflict) }
    if let own = start.externalID {
      let name = "\(job.provider) \(own) \(job.step)"
      if let owner = handles[name], owner != id { throw ModelRefusal(code: .conflict) }
      handles[name] = id
      jobs[id]!.hasHandle = true
    }
    jobs[id]!.isRepeatable = start.idempotencyKey != nil
    jobs[id]!.attempts += 1
    jobs[id]!.state = .dispatching
    return [.jobDispatchStarted]
  }

  private mutating func accept(
    _ acceptance: Acceptance, _ id: String, _ now: Timestamp
  ) throws -> [EventType] {
    let job = jobs[id]!
    guard
      job.state == .dispatching || job.state == .uncertain
        || job.state == .parked && !job.hasHandle
    else { throw ModelRefusal(code: .conflict) }
    if let step = acceptance.handle.step, Int(step) != job.step {
      throw ModelRefusal(code: .conflict)
    }
    jobs[id]!.becomeDispatched(acceptance.handle, now)
    if let external = acceptance.handle.externalID {
      let name = "\(job.provider) \(external) \(job.step)"
      if let owner = handles[name], owner != id {
        jobs[id]!.isDuplicate = true
        return [.jobDispatched] + park(id)
      }
      handles[name] = id
    }
    guard var outcome = acceptance.outcome else { return [.jobDispatched] }
    outcome.step = nil
    return [.jobDispatched] + observe(outcome, id, now)
  }

  private mutating func refuse(
    _ refused: Refused, _ id: String, _ now: Timestamp
  ) throws -> [EventType] {
    let job = jobs[id]!
    guard job.state == .dispatching else { throw ModelRefusal(code: .conflict) }
    let isFatal =
      refused.retryAt == nil
      || refused.isAccountProblem && policies["on_account_problem"] == "fail"
    if isFatal {
      jobs[id]!.state = .failed
      let charge = refused.chargesCustomer ? job.plan[job.step].share : nil
      return [.jobDispatchRefused, .jobFailed] + finish(id, charge, now)
    }
    jobs[id]!.state = .submitted
    jobs[id]!.hasHandle = false
    var events: [EventType] = [.jobDispatchRefused]
    if refused.isAccountProblem, !isPaused(job) {
      pauses.insert([job.provider, ""])
      events.append(.ledgerSubmissionPaused)
    }
    if job.isCancelRequested {
      jobs[id]!.state = .canceled
      events += [.jobCanceled] + finish(id, nil, now)
    }
    return events
  }

  private mutating func cancel(_ id: String, _ now: Timestamp) throws -> [EventType] {
    let job = jobs[id]!
    if job.isEnded { throw ModelRefusal(code: .conflict) }
    let isUnsent =
      job.state == .submitted || job.state == .parked && job.beforeParking == .submitted
    if isUnsent {
      jobs[id]!.state = .canceled
      return [.jobCanceled] + finish(id, nil, now)
    }
    if job.isCancelRequested { return [] }
    jobs[id]!.isCancelRequested = true
    return [.jobCancelRequested]
  }

  private mutating func observe(
    _ seen: Observation, _ id: String, _ now: Timestamp
  ) -> [EventType] {
    let job = jobs[id]!
    let (record, reading) = ModelBooks.believed(seen)
    if let step = seen.step, Int(step) != job.step { return [record] }
    switch job.state {
    case .dispatched, .running, .overdue: break
    case .parked where job.hasHandle && !job.isDuplicate && !job.waitsForStore: break
    case .dispatching where job.hasHandle && reading != .unknown,
      .uncertain where job.hasHandle && reading != .unknown:
      // our own id is known there: the submit arrived
      jobs[id]!.becomeDispatched(FoundHandle(), now)
      return [.jobDispatched] + observe(seen, id, now)
    case .failed, .canceled, .expired:
      guard reading == .succeeded, !seen.outputs.isEmpty, job.isLastStep else { return [record] }
      return [record] + recover(id, price: job.fullPrice(seen.charge?.micros), now)
        + store(seen, id)
    default: return [record]
    }
    let charge = seen.chargesCustomer ? job.price(seen.charge?.micros) : nil
    switch reading {
    case .pending, .unknown: return [record] + wait(reading, id, now)
    case .succeeded where seen.outputs.isEmpty, .failed:
      jobs[id]!.state = .failed
      return [record, .jobFailed] + finish(id, charge, now)
    case .succeeded where !job.isLastStep: return [record] + complete(seen, id, now)
    case .succeeded where policies["capture_on"] == "stored":
      jobs[id]!.state = .storing
      jobs[id]!.price = seen.charge?.micros
      return [record] + store(seen, id)
    case .succeeded:
      jobs[id]!.state = .succeeded
      return [record, .jobSucceeded]
        + settle(id, charge: job.fullPrice(seen.charge?.micros), now) + store(seen, id)
    case .canceled:
      jobs[id]!.state = .canceled
      return [record, .jobCanceled] + finish(id, charge, now)
    }
  }

  /// A step is done and the next one is due, unless somebody wanted no more.
  private mutating func complete(
    _ seen: Observation, _ id: String, _ now: Timestamp
  ) -> [EventType] {
    let job = jobs[id]!
    jobs[id]!.done.append((job.price(seen.charge?.micros), seen.chargesCompletedStep))
    jobs[id]!.step += 1
    jobs[id]!.provider = job.plan[job.step + 1].provider
    jobs[id]!.state = .submitted
    jobs[id]!.attempts = 0
    jobs[id]!.hasHandle = false
    jobs[id]!.isDuplicate = false
    jobs[id]!.isRepeatable = false
    jobs[id]!.overdueAt = nil
    guard job.isCancelRequested else { return [.jobStepSucceeded] }
    jobs[id]!.state = .canceled
    return [.jobStepSucceeded, .jobCanceled] + finish(id, nil, now)
  }

  /// The money of an end that is no success: steps that are paid for in any case, each for itself,
  /// then the one that ended it.
  private mutating func finish(_ id: String, _ charge: Int64?, _ now: Timestamp) -> [EventType] {
    let earned = jobs[id]!.done.filter { $0.isEarned && $0.price > 0 }.map(\.price)
    let sum = earned.reduce(0, +)
    let captures = earned.map { _ in EventType.creditCaptured }
    if sum == 0 { return settle(id, charge: charge, now) }
    let rest = settle(id, charge: sum + (charge ?? 0), now)
    return captures + (charge == nil ? Array(rest.dropFirst()) : rest)
  }

  /// Outputs are saved where there is a store.
  private mutating func store(_ seen: Observation, _ id: String) -> [EventType] {
    jobs[id]!.outputs = seen.outputs.count
    guard policies["store"] != nil else { return [] }
    jobs[id]!.storing = true
    jobs[id]!.saved = 0
    return [.jobStoring]
  }

  private func requireSaving(_ job: ModelJob, output: Int) throws {
    guard job.storing, job.saved < job.outputs, output == job.saved,
      job.state == .storing || job.state == .succeeded
    else { throw ModelRefusal(code: .conflict) }
  }

  private mutating func wait(
    _ reading: Reading, _ id: String, _ now: Timestamp
  ) -> [EventType] {
    let job = jobs[id]!
    if job.state == .dispatched && reading == .pending { jobs[id]!.state = .running }
    guard job.state == .dispatched || job.state == .running, let end = job.overdueAt, end <= now
    else { return [] }
    jobs[id]!.state = .overdue
    return [.jobOverdue]
  }

  /// What is written for it, and what it counts for.
  private static func believed(_ seen: Observation) -> (EventType, Reading) {
    switch seen.source {
    case .poll: (.jobPolled, seen.reading)
    case .notification(.webhook, _, false): (.jobNotified, .unknown)
    case .notification: (.jobNotified, seen.reading)
    }
  }
}
