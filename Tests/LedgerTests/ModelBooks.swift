// The product's rules once more: what a command must come to. Jobs are in ModelJobs.swift.

import Ledger
import Wire

/// What the rules say of a command.
enum Prediction: Equatable {
  case refused(Refusal.Code)
  case repeated
  case written([EventType])
}

/// Thrown where the rules say no.
struct ModelRefusal: Error { let code: Refusal.Code }

/// The whole books as plain dictionaries.
struct ModelBooks {
  var accounts: [String: ModelAccount] = [:]
  var jobs: [String: ModelJob] = [:]
  /// Provider, external id → job.
  var handles: [String: String] = [:]
  var keys: [String: Action] = [:]
  /// Provider and account, empty for all.
  var pauses: Set<[String]> = []
  var policies: [String: String] = [:]
  /// Buckets opened.
  var grants = 0

  /// What must follow; the model is changed only when something is written.
  mutating func ask(_ action: Action, key: String?, now: Timestamp) -> Prediction {
    let name = keyName(action, key)
    if let name, let earlier = keys[name] {
      return earlier == action ? .repeated : .refused(.conflict)
    }
    var changed = self
    do {
      let events = try changed.decide(action, now)
      if events.isEmpty { return .repeated }
      self = changed
      if let name { keys[name] = action }
      return .written(events)
    } catch {
      return .refused((error as! ModelRefusal).code)
    }
  }

  /// A new job's id is its key, unless the caller chose one.
  private func keyName(_ action: Action, _ key: String?) -> String? {
    switch action {
    case .grant: key.map { "grant \($0)" }
    case .refund: key.map { "refund \($0)" }
    case .adjust: key.map { "adjust \($0)" }
    case .job(_, .resolve): key.map { "resolve \($0)" }
    case .submit(let submission): key.map { "submit \($0)" } ?? "job \(submission.id)"
    case .track(let tracking):
      key.map { "track \($0)" } ?? (tracking.hasHold ? "job \(tracking.submission.id)" : nil)
    default: nil
    }
  }

  private mutating func decide(_ action: Action, _ now: Timestamp) throws -> [EventType] {
    switch action {
    case .grant(let grant): return try decide(grant, now)
    case .setLimit(let account, let limit, _):
      let ends = try self.ends(of: account, now)
      guard accounts[account]!.available + limit.micros >= 0 else {
        throw ModelRefusal(code: .conflict)
      }
      accounts[account]!.limit = limit.micros
      return ends + [.accountLimitSet]
    case .refund(let refund): return try decide(refund, now)
    case .adjust(let adjustment): return try decide(adjustment, now)
    case .expire(let account):
      let ends = try self.ends(of: account, now)
      guard !ends.isEmpty else { throw ModelRefusal(code: .conflict) }
      return ends
    case .submit(let submission): return try submit(submission, now)
    case .track(let tracking): return try track(tracking, now)
    case .job(let id, let command):
      guard jobs[id] != nil else { throw ModelRefusal(code: .notFound) }
      return try decide(command, on: id, now)
    case .setPolicy(let name, let value):
      policies[name] = value
      guard policies["capture_on"] != "stored" || policies["store"] != nil else {
        throw ModelRefusal(code: .configuration)
      }
      return [.ledgerPolicySet]
    case .pause(let pause):
      if let account = pause.account, accounts[account] == nil {
        throw ModelRefusal(code: .notFound)
      }
      let isNew = pauses.insert([pause.provider ?? "", pause.account ?? ""]).inserted
      return isNew ? [.ledgerSubmissionPaused] : []
    case .unpause(let provider, let account):
      if let account, accounts[account] == nil { throw ModelRefusal(code: .notFound) }
      guard pauses.remove([provider ?? "", account ?? ""]) != nil else {
        throw ModelRefusal(code: .conflict)
      }
      return [.ledgerSubmissionUnpaused]
    case .importRow: preconditionFailure("random histories import nothing")
    case .notify, .reject: preconditionFailure("NotificationTests ask for these")
    case .bill: preconditionFailure("BillsTests ask for this")
    case .reread: return [.providerReread]
    case .pollerStarted: return [.pollerStarted]
    case .pollerStopped: return [.pollerStopped]
    case .noteCheckpoint: return [.ledgerCheckpointSigned]
    }
  }

  private mutating func decide(_ grant: Grant, _ now: Timestamp) throws -> [EventType] {
    let end = grant.expires.map { $0.moment(now) }
    if let end, end <= now { throw ModelRefusal(code: .invalid) }
    var events: [EventType] = []
    if accounts[grant.account] == nil {
      accounts[grant.account] = ModelAccount()
      events.append(.accountOpened)
    }
    if accounts[grant.account]!.expire(now) > 0 { events.append(.creditExpired) }
    grants += 1
    accounts[grant.account]!.grant(grant, until: end, number: grants)
    return events + [.creditGranted]
  }

  mutating func submit(_ submission: Submission, _ now: Timestamp) throws -> [EventType] {
    guard jobs[submission.id] == nil else { throw ModelRefusal(code: .conflict) }
    let end = submission.holdExpires.map { $0.moment(now) }
    if let end, end <= now { throw ModelRefusal(code: .invalid) }
    var events: [EventType] = []
    if accounts[submission.account] == nil {
      guard submission.hold == .zero else { throw ModelRefusal(code: .notFound) }
      accounts[submission.account] = ModelAccount()
      events.append(.accountOpened)
    }
    events.append(.jobSubmitted)
    if accounts[submission.account]!.expire(now) > 0 { events.append(.creditExpired) }
    guard let lines = accounts[submission.account]!.hold(submission.hold.micros) else {
      throw ModelRefusal(code: .insufficientCredits)
    }
    jobs[submission.id] = ModelJob(submission, until: end, lines: lines)
    return events + [.creditHeld]
  }

  private mutating func track(_ tracking: Tracking, _ now: Timestamp) throws -> [EventType] {
    let submission = tracking.submission
    let step = tracking.handle.step ?? UInt64(jobs[submission.id]?.step ?? 0)
    let handle = "\(submission.provider) \(tracking.handle.externalID ?? "") \(step)"
    guard tracking.hasHold else {
      guard let job = jobs[submission.id] else { throw ModelRefusal(code: .invalid) }
      if let owner = handles[handle], owner != submission.id {
        throw ModelRefusal(code: .conflict)
      }
      guard job.account == submission.account, job.provider == submission.provider,
        job.state == .uncertain || job.state == .parked
      else {
        throw ModelRefusal(code: .conflict)
      }
      let acceptance = Acceptance(via: .track, handle: tracking.handle, nextAt: now)
      return try decide(.accept(acceptance), on: submission.id, now)
    }
    guard handles[handle] == nil else { throw ModelRefusal(code: .conflict) }
    let events = try submit(submission, now)
    handles[handle] = submission.id
    jobs[submission.id]!.step = Int(step)
    jobs[submission.id]!.done = Array(repeating: (0, false), count: Int(step))
    jobs[submission.id]!.becomeDispatched(tracking.handle, now)
    return events + [.jobDispatched]
  }

  func isPaused(_ job: ModelJob) -> Bool {
    [["", ""], [job.provider, ""], ["", job.account], [job.provider, job.account]]
      .contains { pauses.contains($0) }
  }

  /// Charges and gives back a job's hold; the events of it.
  mutating func settle(_ id: String, charge: Int64?, _ now: Timestamp) -> [EventType] {
    let job = jobs[id]!
    let (released, ended, charged) = accounts[job.account]!.settle(
      job.lines, charge: charge ?? 0, now)
    jobs[id]!.lines = []
    jobs[id]!.charged += charged
    jobs[id]!.captured += charge ?? 0
    jobs[id]!.released += released
    var events: [EventType] = charge == nil ? [] : [.creditCaptured]
    if charge == nil || released > 0 { events.append(.creditReleased) }
    if ended > 0 { events.append(.creditExpired) }
    return events
  }
}

extension Deadline {
  fileprivate func moment(_ now: Timestamp) -> Timestamp {
    switch self {
    case .at(let time): time
    case .after(let length): Timestamp(microseconds: now.microseconds + Int64(length) * 1000)
    }
  }
}
