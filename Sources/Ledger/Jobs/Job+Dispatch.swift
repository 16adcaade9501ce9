// Submitting: at most once without proof (PRODUCT.md, "A job's life", rule 3).

import Wire

extension Job {
  func startDispatch(
    _ start: DispatchStart, _ context: JobContext
  ) throws(Refusal) -> [JobStep] {
    let repeats = state == .uncertain && flags.contains(.repeatable)
    guard state == .submitted || repeats else {
      throw Refusal(
        .conflict,
        "job \(context.id) is \(state.name): attempt \(attempts) started at position \(handle) "
          + "and is not proved unsent",
        position: state.isTerminal ? verdict : handle)
    }
    if let pause = context.pause {
      throw Refusal(
        .notAllowed, "submission to \(context.provider) is paused since position \(pause)",
        position: pause, next: "ledger unpause --provider \(context.provider)")
    }
    if let holdExpires, context.now >= holdExpires {
      throw Refusal(
        .conflict, "the hold of job \(context.id) ended at \(holdExpires); it is not sent any more",
        position: submitted)
    }
    if let owner = context.owner {
      throw Refusal(
        .conflict,
        "the handle that job \(context.id) would be sent under belongs to subject \(owner)",
        position: submitted, next: "ledger cancel \(context.id)")
    }
    let body = JobDispatchStarted(
      attempt: UInt64(attempts) + 1, externalID: start.externalID,
      idempotencyKey: start.idempotencyKey,
      profile: start.profile.isEmpty ? nil : start.profile,
      webhook: start.asksForWebhook ? true : nil)
    return [.event(.jobDispatchStarted(body), nextAt: start.nextAt)]
  }

  /// In doubt and without a handle; or parked because the one it has is incomplete.
  private var isOpenToHandle: Bool {
    guard state == .parked, flags.contains(.hasHandle) else {
      return state == .uncertain || state == .parked
    }
    return parkReason == .handleIncomplete && !isStoring
  }

  func accept(_ acceptance: Acceptance, _ context: JobContext) throws(Refusal) -> [JobStep] {
    guard state == .dispatching || isOpenToHandle else {
      throw Refusal(
        .conflict, "job \(context.id) is \(state.name) and has a handle or needs none",
        position: handle != 0 ? handle : submitted, next: "ledger status \(context.id)")
    }
    var body = JobDispatched(
      attempt: attempts == 0 ? nil : UInt64(attempts), via: acceptance.via,
      provider: context.provider, externalID: acceptance.handle.externalID,
      httpStatus: acceptance.exchange.httpStatus,
      latencyMilliseconds: acceptance.exchange.latencyMilliseconds, word: acceptance.word,
      reply: acceptance.exchange.reply.map { .content($0) },
      patienceMilliseconds: patienceMilliseconds != 0
        ? patienceMilliseconds : acceptance.handle.patienceMilliseconds,
      duplicateOf: context.owner, model: acceptance.handle.model)
    if !acceptance.handle.urls.members.isEmpty {
      body.urls = BlobReference(.object(acceptance.handle.urls))
    }
    if let owner = context.owner {
      let message = "the provider answered with the id of another job; compare both"
      let parked = JobParked(
        reason: .duplicateHandle, message: BlobReference(message), duplicateOf: owner)
      return [.event(.jobDispatched(body), nextAt: acceptance.nextAt), .event(.jobParked(parked))]
    }
    let nextAt = cancel != 0 ? context.now : acceptance.nextAt
    let dispatched = JobStep.event(.jobDispatched(body), nextAt: nextAt)
    guard var outcome = acceptance.outcome else { return [dispatched] }
    outcome.step = nil  // it came with the acceptance
    var job = self
    job.state = .dispatched
    return [dispatched] + job.observe(outcome, context)
  }

  func doubt(_ doubt: Doubt, _ context: JobContext) throws(Refusal) -> [JobStep] {
    try requireDispatching(context)
    let body = JobDispatchUncertain(
      attempt: UInt64(attempts), fault: doubt.fault, httpStatus: doubt.exchange.httpStatus,
      latencyMilliseconds: doubt.exchange.latencyMilliseconds,
      reply: doubt.exchange.reply.map { .content($0) },
      message: doubt.exchange.message.map { BlobReference($0) })
    let uncertain = JobStep.event(.jobDispatchUncertain(body), nextAt: doubt.reconcileAt)
    guard doubt.reconcileAt == nil else { return [uncertain] }
    // Nothing will ever find it by itself: a person must look.
    let parked = JobParked(reason: .uncertainSubmit, message: BlobReference(doubt.advice))
    return [uncertain, .event(.jobParked(parked))]
  }

  func refuse(_ refused: Refused, _ context: JobContext) throws(Refusal) -> [JobStep] {
    try requireDispatching(context)
    let waits = !refused.isAccountProblem || context.waitsOnAccountProblem
    let retryAt = waits ? refused.retryAt : nil
    let body = JobDispatchRefused(
      attempt: UInt64(attempts), class: refused.replyClass, retry: retryAt != nil,
      fault: refused.exchange.fault, httpStatus: refused.exchange.httpStatus,
      latencyMilliseconds: refused.exchange.latencyMilliseconds,
      reply: refused.exchange.reply.map { .content($0) },
      message: refused.exchange.message.map { BlobReference($0) },
      accountProblem: refused.isAccountProblem ? true : nil)
    var steps: [JobStep] = [.event(.jobDispatchRefused(body), nextAt: retryAt)]
    guard retryAt != nil else {
      let failed = JobFailed(
        class: refused.failureClass, message: refused.exchange.message.map { BlobReference($0) },
        httpStatus: refused.exchange.httpStatus)
      let charge = refused.chargesCustomer ? share : nil
      return steps + [.event(.jobFailed(failed)), settlement(charge: charge)]
    }
    if refused.isAccountProblem, context.pause == nil {
      steps.append(
        .pause(refused.replyClass, reason: refused.exchange.message ?? "refused by the provider"))
    }
    if cancel != 0 {  // every attempt is proved not accepted: canceled at once
      steps.append(.event(.jobCanceled(JobCanceled(class: .canceled))))
      steps.append(settlement(charge: nil))
    }
    return steps
  }

  private func requireDispatching(_ context: JobContext) throws(Refusal) {
    guard state == .dispatching else {
      throw Refusal(
        .conflict, "job \(context.id) is \(state.name): no submit of it is under way",
        position: state.isTerminal ? verdict : handle)
    }
  }
}
