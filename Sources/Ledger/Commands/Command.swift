// What can be asked of the books: one value per intent, complete before anything is decided.

package import Wire

/// A command with who gives it.
package struct Command: Sendable {
  package var action: Action
  package var actor: Actor
  /// The actor's name.
  package var by: String?
  /// Idempotency key of the caller's choice.
  package var key: String?
  /// The caller's own trace id.
  package var trace: String?
  /// The event that led to it; 0: none.
  package var cause: Position

  package init(
    _ action: Action, actor: Actor, by: String? = nil, key: String? = nil, trace: String? = nil,
    cause: Position = 0
  ) {
    self.action = action
    self.actor = actor
    self.by = by
    self.key = key
    self.trace = trace
    self.cause = cause
  }
}

/// The intents.
package enum Action: Sendable, Equatable {
  case grant(Grant)
  case setLimit(account: String, limit: Credits, reason: String?)
  case refund(Refund)
  case adjust(Adjustment)
  /// The end of some of an account's buckets may have come.
  case expire(account: String)
  case submit(Submission)
  case track(Tracking)
  case importRow(ImportedRow)
  case job(String, JobCommand)
  /// A provider's message; read again for an orphan, which is then the command's cause.
  case notify(Notification)
  /// A message that cannot be believed; noted within bounds.
  case reject(RejectedNotification)
  case setPolicy(name: String, value: String?)
  case pause(Pause)
  case unpause(provider: String?, account: String?)
  /// Stored replies were read again; what follows from them are commands on their jobs.
  case reread(Reread)
  /// Lines of a provider's invoice; the command's cause is the first one recorded of the same.
  case bill(Billing)
  case pollerStarted(program: String, pid: UInt64, inFlight: UInt64)
  case pollerStopped(StopReason)
  /// Records that it was signed.
  case noteCheckpoint(Checkpoint)
}

/// Credits given to an account.
package struct Grant: Sendable, Equatable {
  package var account: String
  package var amount: Credits
  package var expires: Deadline?
  package var priority: Int64
  package var reason: String?

  package init(
    account: String, amount: Credits, expires: Deadline? = nil, priority: Int64 = 0,
    reason: String? = nil
  ) {
    self.account = account
    self.amount = amount
    self.expires = expires
    self.priority = priority
    self.reason = reason
  }
}

/// What reading a provider's stored replies again came to.
package struct Reread: Sendable, Equatable {
  package var provider: String
  package var since: Timestamp
  /// First 8 bytes of the profile's digest.
  package var profile: [UInt8]
  /// Replies read.
  package var replies: UInt64
  /// Replies that mean something else now.
  package var changed: UInt64

  package init(
    provider: String, since: Timestamp, profile: [UInt8], replies: UInt64, changed: UInt64
  ) {
    self.provider = provider
    self.since = since
    self.profile = profile
    self.replies = replies
    self.changed = changed
  }
}

/// A charge given back.
package struct Refund: Sendable, Equatable {
  /// Text id of the job that was charged.
  package var job: String
  /// Nil: all that was captured and not refunded yet.
  package var amount: Credits?
  package var reason: String?

  package init(job: String, amount: Credits? = nil, reason: String? = nil) {
    self.job = job
    self.amount = amount
    self.reason = reason
  }
}

/// A correction of an account by a person.
package struct Adjustment: Sendable, Equatable {
  package var account: String
  /// Signed: more than zero gives, less takes away.
  package var amount: Credits
  package var reason: String?

  package init(account: String, amount: Credits, reason: String? = nil) {
    self.account = account
    self.amount = amount
    self.reason = reason
  }
}

/// A stop of submitting, for a provider, an account, both or all.
package struct Pause: Sendable, Equatable {
  package var provider: String?
  package var account: String?
  package var reason: String
  /// What the provider answered, when an answer was the cause.
  package var replyClass: ReplyClass?

  package init(
    provider: String? = nil, account: String? = nil, reason: String,
    replyClass: ReplyClass? = nil
  ) {
    self.provider = provider
    self.account = account
    self.reason = reason
    self.replyClass = replyClass
  }
}
