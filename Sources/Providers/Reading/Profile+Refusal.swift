// Replies that are no good news: HTTP errors, envelopes with an error code, unreadable bodies. What
// they prove about a submit is PRODUCT's rule 3, to the letter.

import Ledger

extension Profile {
  /// Statuses after which the provider holds no job (PRODUCT, rule 3).
  private static let notAcceptedStatuses: Set<Int> = [400, 401, 402, 403, 404, 422, 429]

  /// An HTTP status outside 2xx, or an error envelope inside one.
  func refuse(
    _ phase: RequestPhase, _ facts: ReplyFacts, _ context: RequestContext,
    _ reading: inout ReplyReading
  ) {
    let listed = classes.first(for: facts)
    reading.replyClass = listed ?? Profile.replyClass(facts.reply.status)
    switch phase {
    case .submit: refuseSubmit(listed, facts, context, &reading)
    case .list: break
    case .status, .stream:
      let grace = notFoundGraceSeconds
      if facts.reply.status == 404, let age = context.secondsSinceDispatch, age < grace {
        reading.replyClass = .transient
      }
    case .result:
      if listed == .transient || listed == .rateLimited || facts.reply.status == 429 { return }
      if let outcome = finalErrors.first(for: facts), let failure = outcome.failureClass {
        fail(listed == .moderated ? .moderated : failure, &reading)
      }
    case .cancel:
      reading.cancelAnswer = cancel.tooLate.contains(facts.reply.status) ? .tooLate : .unknown
    }
  }

  /// A status without any rule of the profile.
  private static func replyClass(_ status: Int) -> ReplyClass {
    switch status {
    case 402: .insufficientCredit
    case 429: .rateLimited
    case 408, 425, 500...599: .transient
    default: .permanent
    }
  }

  private func refuseSubmit(
    _ listed: ReplyClass?, _ facts: ReplyFacts, _ context: RequestContext,
    _ reading: inout ReplyReading
  ) {
    let isRefusal = Profile.notAcceptedStatuses.contains(facts.reply.status)
    let listedAsTransient = listed == .transient || listed == .rateLimited
    let holds: ([Condition]) -> Bool = { $0.contains { $0.holds(for: facts) } }
    if holds(submit.transient) {
      if !reading.isTransient { reading.replyClass = .transient }
      reading.proof = .notAccepted(.retry)
    } else if holds(submit.accountProblem) || listed == .insufficientCredit {
      reading.proof = .accountProblem
    } else if facts.reply.status == 401 || facts.reply.status == 402 {
      reading.proof = .accountProblem
    } else if facts.reply.status == 429 || (isRefusal && listedAsTransient) {
      reading.proof = .notAccepted(.retry)
    } else if isRefusal || holds(submit.proofOfNonAcceptance) {
      reading.proof = .notAccepted(.final)
      fail(reading.replyClass == .moderated ? .moderated : .refused, &reading)
    } else {
      settleUncertain(context, &reading)
    }
  }

  /// A 2xx reply nobody can read.
  func judgeUnclear(
    _ phase: RequestPhase, _ facts: ReplyFacts, _ context: RequestContext,
    _ reading: inout ReplyReading
  ) {
    if phase == .submit { refuseSubmit(nil, facts, context, &reading) }
    if phase == .cancel {
      reading.cancelAnswer = cancel.accepted.contains(facts.reply.status) ? .accepted : .unknown
    }
    // Many say so with an empty body.
    if phase == .cancel, reading.cancelAnswer == .accepted {
      reading.state = .pending
      reading.replyClass = .ok
      reading.error = nil
    }
  }

  /// A readable 2xx answer to a submit: accepted when it says how to find the job again.
  func judgeAcceptance(
    _ facts: ReplyFacts, _ context: RequestContext, _ reading: inout ReplyReading
  ) {
    let isAccepted = submit.accepted?.contains(facts.reply.status) ?? true
    let handle = reading.handle
    if isAccepted, handle.externalID != nil || handle.statusURL != nil {
      reading.proof = .accepted
      return
    }
    var unclear = ReplyReading()
    unclear.word = reading.word
    unclear.error = reading.error
    unclear.retryAfterSeconds = reading.retryAfterSeconds
    let listed = classes.first(for: facts)
    unclear.replyClass = listed ?? .transient
    unclear.warnings = reading.warnings + ["the answer names no job"]
    refuseSubmit(listed, facts, context, &unclear)
    reading = unclear
  }

  /// Perhaps accepted. Where our own id is the handle the job can be asked for at once, and the
  /// provider's answer to that settles it (PRODUCT, rule 3).
  func settleUncertain(_ context: RequestContext, _ reading: inout ReplyReading) {
    guard let handle = handleBeforeSubmit(context) else {
      reading.proof = .uncertain
      return
    }
    reading.externalID = handle.externalID
    reading.proof = .accepted
    reading.state = .pending
  }
}
