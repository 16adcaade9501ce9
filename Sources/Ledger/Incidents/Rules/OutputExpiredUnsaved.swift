// OUTPUT_EXPIRED_UNSAVED: the provider removed an output before it was saved.

import Wire

extension DiagnosisRule {
  static let outputExpiredUnsaved = DiagnosisRule(
    "OUTPUT_EXPIRED_UNSAVED", "the output was removed before it was saved"
  ) { story in
    var gone: [UInt64: [Position]] = [:]
    var given: Position?
    for event in story.events {
      switch event.event {
      case .jobStoreFailed(let body)
      where body.class == .gone || body.httpStatus == 404 || body.httpStatus == 410:
        gone[body.output, default: []].append(event.position)
      case .jobStored(let body): gone[body.output] = nil
      case .jobParked(let body) where body.reason == .outputLost: given = event.position
      default: break
      }
    }
    guard let output = gone.keys.min() else { return nil }
    let isOpen = story.isOpen
    let paid = story.job.captured > story.job.refunded
    return Proof(
      given != nil || !story.job.isSaving ? .certain : .probable,
      gone.values.flatMap { $0 } + [given ?? 0],
      """
      Output \(output) was not there any more when it was to be saved; \
      \(isOpen ? "the hold is kept until a person decides" : "the customer has nothing to keep").
      """,
      next: isOpen
        ? story.resolveCommand(as: "failed", reason: "the output is lost")
        : paid ? story.refundCommand(reason: "the output is lost") : nil)
  }
}
