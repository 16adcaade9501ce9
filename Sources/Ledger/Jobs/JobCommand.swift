// What can happen to a job that exists: by the poller, a provider's word, or a person.

package import Wire

/// A command on one job.
package enum JobCommand: Sendable, Equatable {
  /// A request is about to leave. Must be durable before its first byte.
  case startDispatch(DispatchStart)
  /// The provider accepted the attempt.
  case accept(Acceptance)
  /// Nobody can say whether the provider accepted.
  case doubt(Doubt)
  /// Proved not accepted.
  case refuse(Refused)
  /// A poll, stream message or webhook told us something.
  case observe(Observation)
  case cancel(reason: String?)
  case check(reason: String?)
  /// Nothing more can be done by itself.
  case park(ParkReason, message: String)
  case unpark(reason: String?)
  /// An attempt to save the next output begins.
  /// - nextAt: when somebody must look whether it ended.
  case startStore(nextAt: Timestamp)
  /// The next output is saved.
  case stored(StoredOutput)
  /// The attempt to save the next output failed.
  case storeFailed(StoreFailure)
  /// An operator decides what nobody else can (PRODUCT.md, "A job's life", rule 9).
  case resolve(Resolution, reason: String?)
  /// Somebody outside was told, or could not be.
  case deliver(Delivery)
  /// A client says what it saw.
  case report(ClientReport)
  /// The hold's own end may have come.
  /// - lookAt: when to look all the same, for a late success; nil: there is nothing to look at.
  case expire(lookAt: Timestamp? = nil)
}

/// The start of an attempt.
package struct DispatchStart: Sendable, Equatable {
  /// The handle, where our own id is it.
  package var externalID: String?
  /// Sent with the request, where the provider honours keys.
  package var idempotencyKey: String?
  /// First 8 bytes of the profile's digest.
  package var profile: [UInt8]
  /// The request says where the provider is to call us.
  package var asksForWebhook: Bool
  /// When somebody must look whether the attempt ended.
  package var nextAt: Timestamp

  package init(
    externalID: String? = nil, idempotencyKey: String? = nil, profile: [UInt8] = [],
    asksForWebhook: Bool = false, nextAt: Timestamp
  ) {
    self.externalID = externalID
    self.idempotencyKey = idempotencyKey
    self.profile = profile
    self.asksForWebhook = asksForWebhook
    self.nextAt = nextAt
  }
}

/// An HTTP exchange as the log keeps it.
package struct Exchange: Sendable, Equatable {
  /// Nil when no answer came.
  package var httpStatus: UInt64?
  package var latencyMilliseconds: UInt64?
  package var fault: Fault?
  /// The reply's bytes, as they came; nil when there were none.
  package var reply: [UInt8]?
  /// In words: ours for a fault, the provider's for an error.
  package var message: String?

  package init(
    httpStatus: UInt64? = nil, latencyMilliseconds: UInt64? = nil, fault: Fault? = nil,
    reply: [UInt8]? = nil, message: String? = nil
  ) {
    self.httpStatus = httpStatus
    self.latencyMilliseconds = latencyMilliseconds
    self.fault = fault
    self.reply = reply
    self.message = message
  }
}

/// An accepted attempt, or a handle found later.
package struct Acceptance: Sendable, Equatable {
  package var via: HandleSource
  package var handle: FoundHandle
  package var exchange: Exchange
  package var word: String?
  package var nextAt: Timestamp
  /// A blocking submit answers with the outcome at once.
  package var outcome: Observation?

  package init(
    via: HandleSource, handle: FoundHandle, exchange: Exchange = Exchange(), word: String? = nil,
    nextAt: Timestamp, outcome: Observation? = nil
  ) {
    self.via = via
    self.handle = handle
    self.exchange = exchange
    self.word = word
    self.nextAt = nextAt
    self.outcome = outcome
  }
}

/// An attempt whose fate is unknown.
package struct Doubt: Sendable, Equatable {
  package var fault: Fault
  package var exchange: Exchange
  /// When to try to find it; nil: nothing can find it, so a person must look.
  package var reconcileAt: Timestamp?
  /// For the person who must look.
  package var advice: String

  package init(fault: Fault, exchange: Exchange, reconcileAt: Timestamp? = nil, advice: String) {
    self.fault = fault
    self.exchange = exchange
    self.reconcileAt = reconcileAt
    self.advice = advice
  }
}

/// An attempt that was proved not accepted.
package struct Refused: Sendable, Equatable {
  package var replyClass: ReplyClass
  package var exchange: Exchange
  /// When it is sent again; nil: never, the job failed.
  package var retryAt: Timestamp?
  /// Our own account at the provider is the cause.
  package var isAccountProblem: Bool
  /// What the final refusal means for the job.
  package var failureClass: FailureClass
  package var chargesCustomer: Bool

  package init(
    replyClass: ReplyClass, exchange: Exchange, retryAt: Timestamp? = nil,
    isAccountProblem: Bool = false, failureClass: FailureClass = .refused,
    chargesCustomer: Bool = false
  ) {
    self.replyClass = replyClass
    self.exchange = exchange
    self.retryAt = retryAt
    self.isAccountProblem = isAccountProblem
    self.failureClass = failureClass
    self.chargesCustomer = chargesCustomer
  }
}
