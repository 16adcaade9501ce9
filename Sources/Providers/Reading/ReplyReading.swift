// What a reply means: the only thing the rest of the program learns from a provider.

package import Ledger

/// What a submit's answer proves about the provider's acceptance (PRODUCT, rule 3).
package enum SubmitProof: Sendable, Equatable {
  package enum Remedy: String, Sendable { case final, retry }

  case accepted
  /// Proved not accepted: refused for good, or to be sent again later.
  case notAccepted(Remedy)
  /// Not accepted for a reason of ours (key, provider credit): pause, the customer's job waits.
  case accountProblem
  /// Perhaps accepted: never sent again without proof.
  case uncertain
}

/// What a cancel's answer says; "accepted" is not "canceled".
package enum CancelAnswer: String, Sendable {
  case accepted
  case tooLate = "too_late"
  case unknown
}

/// One result of a job.
package struct ProviderOutput: Sendable, Equatable {
  /// https, http or data (RFC 2397; inline text and JSON are given as data URIs).
  package let url: String
  package let mediaType: String?
  /// Downloading needs the profile's auth.
  package let needsAuth: Bool
  /// When the provider removes it, as its reply says; RFC 3339 or Unix seconds, as written.
  package let expiresAt: String?

  package init(
    url: String, mediaType: String? = nil, needsAuth: Bool = false, expiresAt: String? = nil
  ) {
    self.url = url
    self.mediaType = mediaType
    self.needsAuth = needsAuth
    self.expiresAt = expiresAt
  }
}

/// What one reply says.
package struct ReplyReading: Sendable, Equatable {
  /// Long provider texts are cut to this many characters; the whole reply is kept elsewhere.
  static let textMax = 4096

  /// `unknown` says nothing definite and is never a verdict.
  package var state: Reading = .unknown
  /// The provider's own word, as written.
  package var word: String?
  package var replyClass: ReplyClass = .ok
  /// Set exactly when the state is failed or canceled.
  package var failureClass: FailureClass?
  /// Millionths, 0...1,000,000.
  package var progress: Int?
  package var stage: String?
  package var log: LogText?
  package var queuePosition: Int?
  /// Only with success: a provider may show an output before it vouches for it.
  package var outputs: [ProviderOutput] = []
  package var error: String?
  package var errorType: String?
  package var retryAfterSeconds: Int?
  package var externalID: String?
  /// URLs this reply names, inside the profile's hosts; `externalID` apart.
  package var followUp = ProviderHandle()
  /// The work is finished and its result waits at `followUp.resultURL`.
  package var mustFetchResult = false
  /// What the provider says it charged × the profile's rate, in micro-credits.
  package var chargeReported: Int64?
  /// Only for a submit.
  package var proof: SubmitProof?
  /// Only for a cancel.
  package var cancelAnswer: CancelAnswer?
  /// What a person mending the profile should know.
  package var warnings: [String] = []

  package init() {}

  /// Asking again later may help by itself.
  package var isTransient: Bool { replyClass == .transient || replyClass == .rateLimited }

  package var isVerdict: Bool { state != .pending && state != .unknown }

  /// The handle this reply supports.
  package var handle: ProviderHandle {
    var handle = followUp
    handle.externalID = externalID
    return handle
  }
}
