// A job as it is handed in.

package import Wire

/// A new job: intent, payer and price.
package struct Submission: Sendable, Equatable {
  package var id: String
  package var account: String
  package var provider: String
  package var model: String?
  package var hold: Credits
  /// What the provider gets: one JSON value.
  package var input: JSON?
  /// The steps of a pipeline; then provider and model are those of the step it begins with, and
  /// there is no other input.
  package var plan: Plan?
  /// The caller's own labels.
  package var meta: JSONObject
  package var patienceMilliseconds: UInt64?
  package var holdExpires: Deadline?
  /// Files whose addresses the input gets before it is sent.
  package var attachments: [Attachment] = []

  package init(
    id: String, account: String, provider: String, model: String? = nil, hold: Credits,
    input: JSON? = nil, meta: JSONObject = JSONObject(), patienceMilliseconds: UInt64? = nil,
    holdExpires: Deadline? = nil, plan: Plan? = nil
  ) {
    self.id = id
    self.account = account
    self.provider = provider
    self.model = model
    self.hold = hold
    self.input = input
    self.meta = meta
    self.patienceMilliseconds = patienceMilliseconds
    self.holdExpires = holdExpires
    self.plan = plan
  }
}

/// A job that the app submitted itself, or a handle found for an uncertain one.
package struct Tracking: Sendable, Equatable {
  /// The job; `submission.hold` is nil-like zero when a handle is attached to an existing job.
  package var submission: Submission
  /// False when `--hold` was not given: then the id must name an uncertain or parked job.
  package var hasHold: Bool
  package var handle: FoundHandle
  /// What the app took in its own books.
  package var charged: Credits?

  package init(
    submission: Submission, hasHold: Bool, handle: FoundHandle, charged: Credits? = nil
  ) {
    self.submission = submission
    self.hasHold = hasHold
    self.handle = handle
    self.charged = charged
  }
}

/// A provider's handle of a step, however it became known.
package struct FoundHandle: Sendable, Equatable {
  package var externalID: String?
  /// Follow-up URLs by name: `status`, `result`, `cancel`, `stream`.
  package var urls: JSONObject
  package var model: String?
  /// Which step it is of, from 0; nil: the job's current one.
  package var step: UInt64?
  /// Time until overdue, milliseconds, from the profile or the job.
  package var patienceMilliseconds: UInt64?

  package init(
    externalID: String? = nil, urls: JSONObject = JSONObject(), model: String? = nil,
    step: UInt64? = nil, patienceMilliseconds: UInt64? = nil
  ) {
    self.externalID = externalID
    self.urls = urls
    self.model = model
    self.step = step
    self.patienceMilliseconds = patienceMilliseconds
  }
}
