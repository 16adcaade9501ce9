// A message that a provider sent by itself, as the books take it: whose it is, what it says, and
// whether anybody can believe it.

import Wire

/// A notification of a job.
package struct Notification: Sendable, Equatable {
  /// A step of a job, named by the signature in the address that the message came to.
  package struct NamedJob: Sendable, Equatable {
    package var id: String
    /// From 0.
    package var step: UInt64

    package init(id: String, step: UInt64) {
      self.id = id
      self.step = step
    }
  }

  /// The profile's name.
  package var provider: String
  /// The handle that the message supports; its external id is the job's name at the provider.
  package var handle: FoundHandle
  /// Nil where the address named none, or its signature was wrong. It identifies the job and is no
  /// reason to believe the body (PRODUCT.md, "A job's life", rule 8).
  package var named: NamedJob?
  /// What the body says; its source is a notification, with whether it verified.
  package var observation: Observation
  /// The body is no verdict, and the provider is to be asked at once.
  package var asksForLook: Bool

  package init(
    provider: String, handle: FoundHandle, named: NamedJob? = nil, observation: Observation,
    asksForLook: Bool
  ) {
    self.provider = provider
    self.handle = handle
    self.named = named
    self.observation = observation
    self.asksForLook = asksForLook
  }

  /// The body's signature verified: it may move money.
  package var isVerified: Bool {
    if case .notification(_, _, let verified) = observation.source { verified } else { false }
  }

  /// The provider's id of the message.
  var deliveryID: String? {
    if case .notification(_, let id, _) = observation.source { id } else { nil }
  }

  /// Deliveries that verify and ones that do not are counted apart: who cannot sign must not be
  /// able to use up the id of a message that will come signed.
  var scope: String { "webhook:\(provider)" + (isVerified ? "" : ":unverified") }
}

/// A notification that cannot be believed or understood.
package struct RejectedNotification: Sendable, Equatable {
  package var provider: String
  package var reason: Rejection
  package var body: [UInt8]

  package init(provider: String, reason: Rejection, body: [UInt8]) {
    self.provider = provider
    self.reason = reason
    self.body = body
  }
}
