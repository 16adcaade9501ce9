// Saving outputs. Under `capture_on = stored` the verdict and the money come with the last of them;
// else the job has succeeded and its outputs follow (PRODUCT.md, "Money").

import Wire

extension Job {
  /// Outputs remain to be saved.
  package var isSaving: Bool { storing != 0 && storedCount < outputCount }

  /// The provider succeeded and the verdict waits for its outputs, parked ones included.
  var isStoring: Bool {
    state == .storing || state == .parked && stateBeforeParking == .storing
  }

  /// The way into the store: of a job that succeeded just now, or whose verdict waits for it.
  func beginStoring(_ observation: Observation, _ context: JobContext) -> JobStep {
    let body = JobStoring(
      output: 0, outputs: observation.outputList,
      outputCount: UInt64(min(observation.outputs.count, Limits.outputs)),
      charge: observation.charge)
    return .event(.jobStoring(body), nextAt: context.now)
  }

  /// What stands behind a success under `capture_on = succeeded`.
  func storeAfterwards(_ context: JobContext) -> [JobStep] {
    guard context.storesOutputs else { return [] }
    return [.event(.jobStoring(JobStoring(output: 0)), nextAt: context.now)]
  }

  func startStore(_ nextAt: Timestamp, _ context: JobContext) throws(Refusal) -> [JobStep] {
    try requireSaving(UInt64(storedCount), context)
    let body = JobStoring(output: UInt64(storedCount), attempt: UInt64(storeAttempts) + 1)
    return [.event(.jobStoring(body), nextAt: nextAt)]
  }

  func stored(_ output: StoredOutput, _ context: JobContext) throws(Refusal) -> [JobStep] {
    try requireSaving(output.output, context)
    let body = JobStored(
      output: output.output, store: output.store, key: BlobReference(output.key),
      bytes: output.bytes, sha256: output.sha256, mediaType: output.mediaType)
    let isLast = storedCount + 1 == outputCount
    let stored = JobStep.event(.jobStored(body), nextAt: isLast ? nil : context.now)
    guard isLast, state == .storing else { return [stored] }
    let begun = context.storing
    let succeeded = JobSucceeded(
      outputs: begun?.outputs, outputCount: UInt64(outputCount), charge: begun?.charge)
    return [
      stored, .event(.jobSucceeded(succeeded)), .settle(charge: fullPrice(begun?.charge)),
    ]
  }

  func storeFailed(
    _ failure: StoreFailure, _ context: JobContext
  ) throws(Refusal) -> [JobStep] {
    try requireSaving(failure.output, context)
    let body = JobStoreFailed(
      output: failure.output, class: failure.replyClass, httpStatus: failure.exchange.httpStatus,
      fault: failure.exchange.fault, message: failure.exchange.message.map { BlobReference($0) })
    let failed = JobStep.event(.jobStoreFailed(body), nextAt: failure.retryAt)
    // A job that has its verdict only goes without; one that waits for it is for a person.
    guard failure.retryAt == nil, state == .storing else { return [failed] }
    let message =
      "output \(failure.output) cannot be saved any more; the hold is kept: decide with "
      + "`ledger resolve \(context.id) --as succeeded|failed --reason ...`"
    let parked = JobParked(reason: .outputLost, message: BlobReference(message))
    return [failed, .event(.jobParked(parked))]
  }

  private func requireSaving(_ output: UInt64, _ context: JobContext) throws(Refusal) {
    guard isSaving, state == .storing || state == .succeeded else {
      throw Refusal(
        .conflict, "job \(context.id) is \(state.name): no output of it waits to be saved",
        position: storing != 0 ? storing : submitted, next: "ledger status \(context.id)")
    }
    guard output == UInt64(storedCount) else {
      throw Refusal(
        .conflict, "output \(storedCount) of job \(context.id) comes next, not \(output)",
        position: storing, next: "ledger timeline \(context.id)")
    }
  }
}
