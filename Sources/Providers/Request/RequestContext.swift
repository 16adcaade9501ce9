// What a request is made for and a reply is read for: the job, and what its provider told us so
// far.

package import Wire

/// The provider's id and follow-up URLs of a step, as the provider gave them.
package struct ProviderHandle: Sendable, Equatable {
  package var externalID: String?
  package var statusURL: String?
  package var resultURL: String?
  package var cancelURL: String?
  package var streamURL: String?

  package init(
    externalID: String? = nil, statusURL: String? = nil, resultURL: String? = nil,
    cancelURL: String? = nil, streamURL: String? = nil
  ) {
    self.externalID = externalID
    self.statusURL = statusURL
    self.resultURL = resultURL
    self.cancelURL = cancelURL
    self.streamURL = streamURL
  }

  package var isEmpty: Bool { self == ProviderHandle() }

  /// What `other` knows, filled up with what this handle knows.
  package func updated(with other: ProviderHandle) -> ProviderHandle {
    ProviderHandle(
      externalID: other.externalID ?? externalID, statusURL: other.statusURL ?? statusURL,
      resultURL: other.resultURL ?? resultURL, cancelURL: other.cancelURL ?? cancelURL,
      streamURL: other.streamURL ?? streamURL)
  }
}

/// One step of a job, as far as a provider's profile may know it.
package struct RequestContext: Sendable {
  /// The job's own id, `[A-Za-z0-9._:-]{1,128}`.
  package var jobID: String
  package var model: String?
  package var input: JSON?
  /// Counted from 1.
  package var step: Int
  package var handle: ProviderHandle
  /// Sent where the profile honours keys; must not change between attempts of one step.
  package var idempotencyKey: String
  /// Seconds since the provider accepted, for the grace of a 404; nil when not known.
  package var secondsSinceDispatch: Int?
  /// Progress known before, millionths: a reading never goes back behind it.
  package var progressBefore: Int?
  /// Where a submit tells the provider to call us; nil: we are not to be reached.
  package var webhookURL: String?
  /// In a list, the page to ask for: a URL or a cursor; nil: the first.
  package var listPage: String?
  /// The moment of the request, for tokens that expire; nil where none is sent.
  package var now: Timestamp?
  /// The status answer that said the job is finished: some results are only found through it.
  package var lastReply: JSON?

  /// An id of this step's own: a provider that is asked twice in one job must tell both apart.
  package var stepID: String { step == 1 ? jobID : "\(jobID).\(step)" }

  package init(
    jobID: String, model: String? = nil, input: JSON? = nil, step: Int = 1,
    handle: ProviderHandle = ProviderHandle(), idempotencyKey: String? = nil,
    secondsSinceDispatch: Int? = nil, progressBefore: Int? = nil
  ) {
    self.jobID = jobID
    self.model = model
    self.input = input
    self.step = step
    self.handle = handle
    self.idempotencyKey = idempotencyKey ?? "\(jobID).\(step)"
    self.secondsSinceDispatch = secondsSinceDispatch
    self.progressBefore = progressBefore
  }
}
