// An operator's verdict, where nobody else can give one (PRODUCT.md, "A job's life", rule 9).

import Wire

extension Job {
  /// Only open jobs: what has ended is corrected by a refund, or by the provider's own late word.
  func resolve(
    _ resolution: Resolution, _ reason: String?, _ context: JobContext
  ) throws(Refusal) -> [JobStep] {
    if state.isTerminal {
      let next =
        captured > refunded
        ? "ledger refund \(context.id) --reason ..." : "ledger timeline \(context.id)"
      throw Refusal(
        .conflict, "cannot resolve job \(context.id): it \(state.past) at position \(verdict)",
        position: verdict, next: next)
    }
    let message = reason.map { BlobReference($0) }
    let resolved = JobStep.event(.jobResolved(JobResolved(as: resolution, reason: message)))
    switch resolution {
    case .succeeded:
      var body = JobSucceeded(operator: true)
      if let storing = context.storing {
        body.outputs = storing.outputs
        body.outputCount = storing.outputCount ?? 0
      }
      return [resolved, .event(.jobSucceeded(body)), .settle(charge: openHold)]
    case .failed:
      let body = JobFailed(class: .resolved, message: message)
      return [resolved, .event(.jobFailed(body)), settlement(charge: nil)]
    }
  }
}
