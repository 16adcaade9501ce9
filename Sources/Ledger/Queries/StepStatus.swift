// What `status` says of each step of a job.

package import Wire

/// A step as it is shown.
package struct StepStatus: Sendable {
  /// From 0, as in events.
  package let number: UInt32
  /// Of the current step the job's; `succeeded` before it; after it `waiting`, or `skipped` when
  /// the job ended before.
  package let state: String
  /// Nil where it is not known: done elsewhere, or its text was erased.
  package let provider: String?
  package let model: String?
  package let externalID: String?
  package let attempts: UInt32
  /// Its part of the price; nil for a step that these books do not price.
  package let share: Credits?
  /// `[{"url","media_type", ...}]`.
  package let outputs: [JSON]

  package var json: JSON {
    [
      "step": .int(number), "provider": .text(provider), "model": .text(model),
      "state": .string(state), "external_id": .text(externalID), "attempts": .int(attempts),
      "share": share.map { .credits($0) } ?? .null, "outputs": .array(outputs),
    ]
  }
}
