// Where a notification goes: to its job, to a job whose handle it brings, or to the messages that
// wait for theirs. Decided inside the append, so that no job can become known in between.

import LMDB
import Wire

extension Clerk where Source: ~Copyable, Snapshot: ~Copyable {
  private enum Recipient {
    /// The job that owns the handle.
    case owner(SubjectNumber, Job, step: UInt64)
    /// A job that may be at the provider and lacks the handle.
    case handleless(String)
    case nobody
  }

  /// - Parameter orphan: the event that the message was kept as, when it is read again; or the one
  ///   that its first delivery came to, when it comes once more; 0: it comes for the first time.
  /// - Returns: the event that makes it needless; nil when the group has the events.
  mutating func decide(
    _ message: Notification, orphan: Position, _ group: inout Group, _ now: Timestamp
  ) throws -> Position? {
    if orphan != 0, let first = try log.event(at: orphan), case .jobNotified = first.event {
      return try noteRepetition(message, of: first, &group, now)
    }
    if orphan != 0, try views.readyOrphan(orphan) == nil {
      throw Refusal(.conflict, "the message was read already", position: orphan)
    }
    switch try recipient(of: message) {
    case .owner(let number, let job, let step):
      return try tell(number, job, step, message, isOrphan: orphan != 0, &group, now)
    case .handleless(let id):
      var acceptance = Acceptance(
        via: .webhook, handle: message.handle, word: message.observation.word, nextAt: now)
      acceptance.outcome = message.observation
      acceptance.outcome?.nextAt = now
      return try decide(.accept(acceptance), on: id, &group, now)
    case .nobody: return try keep(message, &group, now)
    }
  }

  private mutating func recipient(of message: Notification) throws -> Recipient {
    if let id = message.handle.externalID,
      let owner = try views.recipient(provider: message.provider, externalID: id),
      let job = try views.job(owner.job)
    {
      return .owner(owner.job, job, step: owner.step)
    }
    guard let named = message.named, let number = try views.number(of: .job(named.id)),
      let job = try views.job(number), UInt64(job.step) == named.step, !job.isDuplicate,
      try views.providerName(job.provider) == message.provider
    else { return .nobody }
    if job.flags.contains(.hasHandle) {
      // A handle that is a URL alone: the message may name an id that is not in it.
      let isNamed = try externalID(of: job) != nil
      return isNamed && message.handle.externalID != nil
        ? .nobody : .owner(number, job, step: named.step)
    }
    let hasHandle = message.handle.externalID != nil || message.handle.urls["status"] != nil
    guard hasHandle, job.attempts > 0 else { return .nobody }
    switch job.state {
    case .uncertain: return .handleless(named.id)
    case .parked where job.stateBeforeParking != .submitted: return .handleless(named.id)
    // Before the submit's own answer only what the provider signed may take its place.
    case .dispatching where message.isVerified: return .handleless(named.id)
    default: return .nobody
    }
  }

  private func externalID(of job: Job) throws -> String? {
    switch try log.event(at: job.handle)?.event {
    case .jobDispatched(let body)?: body.externalID
    case .jobDispatchStarted(let body)?: body.externalID
    default: nil
    }
  }

  /// A message for a job that is known.
  private mutating func tell(
    _ number: SubjectNumber, _ job: Job, _ step: UInt64, _ message: Notification, isOrphan: Bool,
    _ group: inout Group, _ now: Timestamp
  ) throws -> Position? {
    guard let name = try views.subject(number)?.name else {
      throw BooksError.inconsistent("job \(number) has no subject")
    }
    var observation = message.observation
    let newest = max(job.answer, job.handle, job.submitted)
    if step != UInt64(job.step) {
      // About a step that is over: it changes nothing.
      guard isOrphan else { return newest }
      try add(
        [job.record(observation, nextAt: nil)], of: name, number, job, step: step, &group, now)
      return nil
    }
    if !message.isVerified, !isOrphan, try isNeedless(job, number, now) { return newest }
    if message.asksForLook || !message.isVerified {
      observation.nextAt = now
    } else if observation.reading == .pending {
      observation.nextAt = job.nextAt ?? now
    }
    let done = try decide(.observe(observation), on: name.id, &group, now)
    // A success that nobody vouches for, of a job that ended otherwise: whether it is one, only the
    // provider can say.
    let wouldRecover = [.failed, .canceled].contains(job.state) && job.flags.contains(.hasHandle)
    if !message.isVerified, wouldRecover, observation.reading == .succeeded {
      _ = try decide(.check(reason: nil), on: name.id, &group, now)
    }
    return done
  }

  /// Whether a message that nobody can believe would only repeat what is noted: a look is due
  /// already, or nobody looks; and no job takes more than a number of them.
  private mutating func isNeedless(
    _ job: Job, _ number: SubjectNumber, _ now: Timestamp
  ) throws -> Bool {
    if try views.unverifiedCount(of: number) >= Limits.unverifiedNotifications { return true }
    guard job.state.isTerminal || job.state == .parked else {
      return job.nextAt.map { $0 <= now } ?? false
    }
    guard case .jobNotified(let body)? = try log.event(at: job.answer)?.event else { return false }
    return body.channel == .webhook && body.verified != true
  }

  /// A message about the end, delivered again. The first delivery counts; that there was another is
  /// noted once, in no job that is still open, so that nobody has to guess later.
  private mutating func noteRepetition(
    _ message: Notification, of first: RecordedEvent, _ group: inout Group, _ now: Timestamp
  ) throws -> Position? {
    guard message.isVerified, let job = try views.job(first.subject), job.state.isTerminal,
      first.envelope.step == UInt64(job.step), let subject = try views.subject(first.subject)
    else { return first.position }
    var position = subject.last
    while position > first.position, let later = try log.event(at: position) {
      if case .jobNotified = later.event, later.envelope.cause == first.position {
        return later.position
      }
      position = later.header.previous
    }
    try add(
      [job.record(message.observation, nextAt: nil)], of: subject.name, first.subject, job,
      step: first.envelope.step, &group, now)
    return nil
  }

  /// Kept with its body until a job has its handle.
  private mutating func keep(
    _ message: Notification, _ group: inout Group, _ now: Timestamp
  ) throws -> Position? {
    guard let id = message.handle.externalID else {
      throw Refusal(.invalid, "the notification names no job")
    }
    let waiting = try views.waitingOrphans(provider: message.provider, externalID: id)
    if message.isVerified {
      if waiting.count >= Limits.orphansPerHandle { return waiting.last }
    } else {
      // Once its job is known it will be looked at anyway.
      if let first = waiting.first { return first }
      if let position = try views.noise(of: message.provider, at: now) { return position }
    }
    let body = NotificationOrphaned(
      provider: message.provider, channel: .webhook, externalID: id,
      notificationID: message.deliveryID, verified: message.isVerified,
      body: message.observation.exchange.reply.map { .content($0) })
    group.add(Draft(.orphan(message.provider, id), .notificationOrphaned(body)))
    return nil
  }

  /// - Returns: the newest one of this provider when there were enough of them lately.
  mutating func decide(
    _ rejected: RejectedNotification, _ group: inout Group, _ now: Timestamp
  ) throws -> Position? {
    if let position = try views.noise(of: rejected.provider, at: now) { return position }
    let body = NotificationRejected(
      provider: rejected.provider, reason: rejected.reason,
      body: .content(Array(rejected.body.prefix(Limits.rejectedBytes))))
    group.add(
      Draft(
        Subject.Name(kind: .notification, id: "rejected:\(rejected.provider)"),
        .notificationRejected(body)))
    return nil
  }
}

extension Job {
  fileprivate var isDuplicate: Bool { flags.contains(.duplicate) }
}

extension Subject.Name {
  /// The messages that name one handle: a subject of their own, so that their texts are erased
  /// without touching others'.
  fileprivate static func orphan(_ provider: String, _ externalID: String) -> Subject.Name {
    let digest = SHA256.digest(Array(provider.utf8), [0], Array(externalID.utf8))
    return Subject.Name(
      kind: .notification, id: "orphan:\(provider):\(Hex.text(digest.bytes.prefix(16)))")
  }
}
