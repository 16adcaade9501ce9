// What `status` says of a job: the contract's fields, put together from row, log and free text.

package import Wire

/// One job as it is shown (INTERFACES, "status JOB").
package struct JobStatus: Sendable {
  package let id: String
  package let state: JobState
  package let provider: String
  package let model: String?
  package let account: String
  package let externalID: String?
  /// Share done of all steps together, millionths.
  package let fraction: UInt32?
  package let stage: String?
  package let queuePlace: UInt32?
  /// Current step, from 0, of `steps`.
  package let step: UInt32
  package let steps: UInt32
  /// Every step, in order.
  package let stepList: [StepStatus]
  /// Reserved now; `captured`, `released` and `refunded` are sums.
  package let held: Credits
  package let captured: Credits
  package let released: Credits
  package let refunded: Credits
  /// `[{"url","media_type","stored"}]`.
  package let outputs: [JSON]
  package let error: Failing?
  /// The caller's labels; null when they were erased.
  package let meta: JSON
  package let polls: UInt32
  package let submittedAt: Timestamp?
  package let updatedAt: Timestamp?
  package let nextPollAt: Timestamp?
  /// What an open job waits for, in plain words; nil when it ended.
  package let waitingFor: String?
  /// The job's newest event.
  package let position: Position
  /// Codes of diagnosed incidents; computed when asked, from the job's events.
  package let diagnoses: [String]

  /// Why a job ended otherwise than succeeded.
  package struct Failing: Sendable, Equatable {
    package let failureClass: FailureClass
    /// The provider's words; nil when it said none or they were erased.
    package let message: String?
  }
}

extension JobStatus {
  /// The contract's fields in its order.
  package var json: JSON {
    [
      "job": .string(id), "state": .string(state.name), "provider": .string(provider),
      "model": .text(model), "account": .string(account), "external_id": .text(externalID),
      "progress": fraction.map { .share(millionths: $0) } ?? .null, "stage": .text(stage),
      "steps": .array(stepList.map(\.json)), "held": .credits(held),
      "captured": .credits(captured), "released": .credits(released),
      "refunded": .credits(refunded), "outputs": .array(outputs),
      "error": error.map {
        ["class": .string($0.failureClass.name), "message": .text($0.message)]
      } ?? .null,
      "meta": meta, "polls": .int(polls), "submitted_at": .time(submittedAt),
      "updated_at": .time(updatedAt), "next_poll_at": .time(nextPollAt),
      "waiting_for": .text(waitingFor), "position": .int(position),
      "diagnoses": .array(diagnoses.map(JSON.string)),
      "queue_position": queuePlace.map { .int($0) } ?? .null,
    ]
  }
}

extension JSON {
  /// Exact decimal string.
  package static func credits(_ amount: Credits) -> JSON { .string(amount.description) }

  package static func text(_ text: String?) -> JSON { text.map(JSON.string) ?? .null }

  /// RFC 3339 UTC with microseconds.
  package static func time(_ time: Timestamp?) -> JSON {
    time.map { .string($0.description) } ?? .null
  }

  /// 380000 → `0.38`: six exact decimals, like credits.
  static func share(millionths: UInt32) -> JSON {
    .number(Credits(micros: Int64(millionths)).description)
  }
}
