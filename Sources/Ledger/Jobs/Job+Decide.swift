// What may happen to a job and what follows: pure, no clock, no I/O. One function per command; the
// rules are PRODUCT.md, "A job's life".

import Wire

extension Job {
  /// The events that follow from a command on this job.
  /// - Throws: `Refusal` naming the earlier event that stands against it.
  func decide(_ command: JobCommand, _ context: JobContext) throws(Refusal) -> JobDecision {
    switch command {
    case .startDispatch(let start): .steps(try startDispatch(start, context))
    case .accept(let acceptance): .steps(try accept(acceptance, context))
    case .doubt(let doubt): .steps(try self.doubt(doubt, context))
    case .refuse(let refused): .steps(try refuse(refused, context))
    case .observe(let observation): .steps(observe(observation, context))
    case .cancel(let reason): try cancel(reason, context)
    case .check(let reason): .steps(try check(reason, context))
    case .park(let reason, let message): .steps(try park(reason, message, context))
    case .unpark(let reason): .steps(try unpark(reason, context))
    case .startStore(let nextAt): .steps(try startStore(nextAt, context))
    case .stored(let output): .steps(try stored(output, context))
    case .storeFailed(let failure): .steps(try storeFailed(failure, context))
    case .resolve(let resolution, let reason):
      .steps(try resolve(resolution, reason, context))
    case .expire(let lookAt): .steps(try expire(lookAt, context))
    case .deliver(let delivery): .steps([delivery.step])
    case .report(let report): .steps([report.step])
    }
  }

  private func cancel(_ reason: String?, _ context: JobContext) throws(Refusal) -> JobDecision {
    try refuseIfEnded("cancel", context)
    let neverSent = state == .submitted || state == .parked && stateBeforeParking == .submitted
    if neverSent {  // this step, that is: what earlier ones cost is the settlement's rule
      let body = JobCanceled(class: .canceled, message: reason.map { BlobReference($0) })
      return .steps([.event(.jobCanceled(body)), settlement(charge: nil)])
    }
    if cancel != 0 { return .already(cancel) }
    let body = JobCancelRequested(reason: reason.map { BlobReference($0) })
    // While a submit is under way or in doubt there is nothing to send: the wait goes on.
    let waits = [.dispatched, .running, .overdue].contains(state)
    return .steps([.event(.jobCancelRequested(body), nextAt: waits ? context.now : nil)])
  }

  private func check(_ reason: String?, _ context: JobContext) throws(Refusal) -> [JobStep] {
    if state == .parked {
      throw Refusal(
        .conflict, "job \(context.id) is parked (\(parkReason?.name ?? "")) at position \(parked)",
        position: parked, next: "ledger unpark \(context.id)")
    }
    if state.isTerminal, !flags.contains(.hasHandle) {
      throw Refusal(
        .conflict, "job \(context.id) ended at position \(verdict) and was never at the provider",
        position: verdict, next: "ledger timeline \(context.id)")
    }
    let body = JobCheckRequested(reason: reason.map { BlobReference($0) })
    // A submit under way is not hurried: its next time is when it counts as lost.
    let nextAt = state == .dispatching ? nil : context.now
    return [.event(.jobCheckRequested(body), nextAt: nextAt)]
  }

  private func park(
    _ reason: ParkReason, _ message: String, _ context: JobContext
  ) throws(Refusal) -> [JobStep] {
    try refuseIfEnded("park", context)
    guard state != .parked else {
      throw Refusal(
        .conflict, "job \(context.id) is parked already at position \(parked)", position: parked)
    }
    return [.event(.jobParked(JobParked(reason: reason, message: BlobReference(message))))]
  }

  private func unpark(_ reason: String?, _ context: JobContext) throws(Refusal) -> [JobStep] {
    guard state == .parked else {
      throw Refusal(
        .conflict, "job \(context.id) is not parked but \(state.name)",
        position: verdict, next: "ledger status \(context.id)")
    }
    guard !flags.contains(.duplicate) else {
      throw Refusal(
        .conflict,
        "job \(context.id) was given another job's handle at position \(handle); it cannot go on",
        position: handle, next: "ledger resolve \(context.id) --as failed --reason ...")
    }
    let body = JobUnparked(reason: reason.map { BlobReference($0) })
    return [.event(.jobUnparked(body), nextAt: context.now)]
  }

  /// The hold's own end. Slow looks go on after it, until the provider has forgotten the job: a
  /// success seen then is a late one.
  private func expire(_ lookAt: Timestamp?, _ context: JobContext) throws(Refusal) -> [JobStep] {
    try refuseIfEnded("expire", context)
    guard let holdExpires, context.now >= holdExpires, !isStoring else {
      throw Refusal(
        .conflict, "the hold of job \(context.id) has not come to its end", position: submitted)
    }
    let body = JobExpired(class: .expired, holdExpires: holdExpires)
    return [.event(.jobExpired(body), nextAt: lookAt), settlement(charge: nil)]
  }

  func refuseIfEnded(_ what: String, _ context: JobContext) throws(Refusal) {
    guard state.isTerminal else { return }
    throw Refusal(
      .conflict, "cannot \(what) job \(context.id): it \(state.past) at position \(verdict)",
      position: verdict, next: "ledger timeline \(context.id)")
  }
}

extension JobState {
  /// How an ended job is spoken of.
  var past: String {
    switch self {
    case .canceled: "was canceled"
    case .succeeded, .failed, .expired: name
    default: "is \(name)"
    }
  }
}
