// A reply → a reading. The rule above all others (PRODUCT, rule 1): nothing but a mapped terminal
// word, a rule of the profile on a 2xx reply, or a result-fetch error that the profile calls final
// is a verdict.

import Ledger
import Wire

extension Profile {
  /// What a reply to `phase` says.
  package func read(
    _ phase: RequestPhase, _ reply: Reply, for context: RequestContext
  ) -> ReplyReading {
    let facts = facts(of: reply, context)
    var reading = ReplyReading()
    reading.retryAfterSeconds = retryAfter.lazy.compactMap { $0.read(facts) }.first
    reading.errorType = error.type(of: facts)
    guard reply.isSuccess else {
      reading.error = facts.errorText ?? "HTTP \(reply.status)"
      refuse(phase, facts, context, &reading)
      return reading
    }
    guard facts.isJSON || state.byStatus[reply.status] != nil else {
      reading.replyClass = .transient
      reading.error = "the reply is not JSON"
      judgeUnclear(phase, facts, context, &reading)
      return reading
    }
    if let envelope, !envelope.isOK(facts.json) {
      reading.error = facts.errorText
      refuse(phase, facts, context, &reading)
      return reading
    }
    // A list is about many jobs, and no word in it about the one asked for.
    if phase == .list { return reading }
    readFacts(phase, facts, context, &reading)
    if let known = context.handle.externalID, let told = reading.externalID, told != known {
      reading.replyClass = .permanent
      reading.warnings.append("the reply is about another job than the one asked for")
      return reading
    }
    apply(outcome(phase, facts), phase, facts, context, &reading)
    if phase == .submit { judgeAcceptance(facts, context, &reading) }
    if phase == .cancel {
      reading.cancelAnswer = cancel.accepted.contains(reply.status) ? .accepted : .unknown
      if cancel.tooLate.contains(reply.status) { reading.cancelAnswer = .tooLate }
    }
    return reading
  }

  /// No reply came: a timeout, a reset, or a request that never left.
  /// - Parameter wasSent: false only when it is certain that no byte was sent.
  package func readNoReply(
    _ phase: RequestPhase, wasSent: Bool, for context: RequestContext
  ) -> ReplyReading {
    var reading = ReplyReading()
    reading.replyClass = .transient
    guard phase == .submit else { return reading }
    if wasSent {
      settleUncertain(context, &reading)
    } else {
      reading.proof = .notAccepted(.retry)
    }
    return reading
  }

  /// Everything but the verdict.
  func readFacts(
    _ phase: RequestPhase, _ facts: ReplyFacts, _ context: RequestContext,
    _ reading: inout ReplyReading
  ) {
    reading.word = facts.words.first?.cut(to: StateRule.wordMax)
    reading.error = facts.errorText
    reading.stage = stage.text(in: facts.json)?.cut(to: StateRule.wordMax)
    reading.log = log?.read(facts.json)
    reading.queuePosition = queuePosition.text(in: facts.json).flatMap { Int($0) }
      .flatMap { $0 >= 0 ? $0 : nil }
    if let progress = progress.read(facts.json) {
      reading.progress = max(progress, context.progressBefore ?? 0)
    }
    // A bare result may have an /id of its own: it names nothing.
    guard phase != .result else { return }
    let handle = handleRule.handle(in: facts.json, context)
    reading.externalID = handle.externalID
    reading.followUp = ProviderHandle(
      statusURL: usable(handle.statusURL, "status_url", &reading),
      resultURL: usable(handle.resultURL, "result_url", &reading),
      cancelURL: usable(handle.cancelURL, "cancel_url", &reading),
      streamURL: usable(handle.streamURL, "stream_url", &reading))
  }

  /// A follow-up URL as given, when it is one and on a host of the profile.
  private func usable(_ text: String?, _ name: String, _ reading: inout ReplyReading) -> String? {
    guard let text else { return nil }
    if let address = WebAddress(text), allows(address) { return text }
    reading.warnings.append("\(name) is no URL on one of the profile's hosts; not used")
    return nil
  }

  /// What a readable 2xx reply comes to.
  private func outcome(_ phase: RequestPhase, _ facts: ReplyFacts) -> Outcome {
    if let outcome = rules.first(for: facts) { return outcome }
    let extra = phase == .cancel ? cancel.outcomes : [:]
    let told = state.outcome(of: facts.words, extra: extra)
    switch phase {
    case .result:
      // The result itself: a word in it counts only when it is one of the provider's own.
      if let told, told != .unknown { return told == .finished ? .succeeded : told }
      return told == .unknown && facts.outputs.isEmpty ? .unknown : .succeeded
    case .submit, .cancel:
      return told ?? state.byStatus[facts.reply.status] ?? .pending
    case .status, .stream, .list:
      return told ?? state.byStatus[facts.reply.status] ?? state.absent
    }
  }

  func apply(
    _ outcome: Outcome, _ phase: RequestPhase, _ facts: ReplyFacts, _ context: RequestContext,
    _ reading: inout ReplyReading
  ) {
    switch outcome {
    case .pending: reading.state = .pending
    case .unknown:
      reading.replyClass = .unknownWord
      reading.warnings.append(
        reading.word.map { "the profile does not know the word '\($0)'" }
          ?? "the reply holds no state where the profile looks for it")
    case .finished:
      reading.state = .pending
      reading.mustFetchResult = true
      reading.followUp.resultURL =
        reading.followUp.resultURL ?? context.handle.resultURL
        ?? templatedResultURL(facts, context, reading)
    case .succeeded where !facts.outputs.isEmpty:
      reading.state = .succeeded
      reading.error = nil
      reading.outputs = facts.outputs
    // A cancel's answer need not show outputs: the status will.
    case .succeeded where phase == .cancel: reading.state = .pending
    case .succeeded: fail(.noOutput, &reading)
    default: fail(outcome.failureClass ?? .providerFailed, &reading)
    }
    if reading.isVerdict, case .reported(let pointers, let rate) = billing.charge {
      reading.chargeReported = pointers.text(in: facts.json).flatMap { DecimalText($0) }?
        .millionths(times: rate)
    }
  }

  func fail(_ failure: FailureClass, _ reading: inout ReplyReading) {
    reading.state = failure == .canceled ? .canceled : .failed
    reading.failureClass = failure
    if failure == .moderated { reading.replyClass = .moderated }
    if failure == .gone { reading.replyClass = .gone }
  }

  private func templatedResultURL(
    _ facts: ReplyFacts, _ context: RequestContext, _ reading: ReplyReading
  ) -> String? {
    var context = context
    context.lastReply = facts.json
    context.handle = context.handle.updated(with: reading.handle)
    guard let rule = requests[.result], let form = try? form(of: rule, .result, context) else {
      return nil
    }
    return try? address(.result, form, context).description
  }
}
