// A provider's word: what it changes. A verdict and its money come out of one function, so that
// nothing can part them (PRODUCT.md, "A job's life", rules 1, 2, 4 and 8).

import Wire

extension Job {
  func observe(_ observation: Observation, _ context: JobContext) -> [JobStep] {
    // An answer about a step that is done: it was on its way while another told us.
    if let about = observation.step, about != UInt64(step) {
      return [record(observation, nextAt: nextAt)]
    }
    let seen = isBelievable(observation) ? observation.reading : .unknown
    switch state {
    case .dispatched, .running, .overdue: return follow(seen, observation, context)
    case .parked where !isStoring && !flags.contains(.duplicate) && flags.contains(.hasHandle):
      return follow(seen, observation, context)
    case .dispatching where flags.contains(.hasHandle) && seen != .unknown,
      .uncertain where flags.contains(.hasHandle) && seen != .unknown:
      return acceptByOwnID(observation, context)
    case .dispatching, .uncertain:
      // Asked and not found: that proves nothing, and the next look is not at once.
      return [record(observation, nextAt: observation.nextAt ?? nextAt)]
    case .failed, .canceled, .expired:
      // A step before the last one is late in vain: what should follow it was never sent.
      guard seen == .succeeded, !observation.outputs.isEmpty, isLastStep else {
        // Only a hold's end leaves the provider's own word open: that is still looked for.
        let isOpen = state == .expired && (seen == .pending || seen == .unknown)
        return [record(observation, nextAt: isOpen ? observation.nextAt : nil)]
      }
      return [record(observation, nextAt: nil)] + recover(observation, context)
    default:
      // Ended, being stored, or not at the provider: noted, and nothing changes.
      return [record(observation, nextAt: state == .succeeded && !isSaving ? nil : nextAt)]
    }
  }

  /// A notification's body moves money only if its signature verified (rule 8).
  private func isBelievable(_ observation: Observation) -> Bool {
    if case .notification(.webhook, _, let verified) = observation.source { return verified }
    return true
  }

  private func follow(
    _ reading: Reading, _ observation: Observation, _ context: JobContext
  ) -> [JobStep] {
    switch reading {
    case .pending, .unknown: return wait(reading, observation, context)
    case .succeeded where observation.outputs.isEmpty:
      return [record(observation, nextAt: nil)]
        + fail(.noOutput, observation, charge: charge(observation))
    case .succeeded where !isLastStep:
      return [record(observation, nextAt: nil)] + completeStep(observation, context)
    case .succeeded where context.capturesOnStored:
      return [record(observation, nextAt: nil), beginStoring(observation, context)]
    case .succeeded:
      let body = JobSucceeded(
        outputs: observation.outputList, outputCount: UInt64(observation.outputs.count),
        charge: observation.charge)
      return [
        record(observation, nextAt: nil), .event(.jobSucceeded(body)),
        .settle(charge: fullPrice(observation.charge)),
      ] + storeAfterwards(context)
    case .failed:
      return [record(observation, nextAt: nil)]
        + fail(
          observation.failureClass ?? .providerFailed, observation, charge: charge(observation))
    case .canceled:
      let body = JobCanceled(
        class: .canceled, message: observation.exchange.message.map { BlobReference($0) })
      return [
        record(observation, nextAt: nil), .event(.jobCanceled(body)),
        settlement(charge: charge(observation)),
      ]
    }
  }

  /// What an ending other than success costs the customer: nothing, unless the profile says so.
  private func charge(_ observation: Observation) -> Credits? {
    observation.chargesCustomer ? price(observation.charge) : nil
  }

  private func fail(
    _ failure: FailureClass, _ observation: Observation, charge: Credits?
  ) -> [JobStep] {
    let body = JobFailed(
      class: failure, message: observation.exchange.message.map { BlobReference($0) },
      httpStatus: observation.exchange.httpStatus)
    return [.event(.jobFailed(body)), settlement(charge: charge)]
  }

  /// No verdict: the job stays open and the hold stays.
  private func wait(
    _ reading: Reading, _ observation: Observation, _ context: JobContext
  ) -> [JobStep] {
    // A message that is not believed only asks for a look.
    var nextAt = state == .parked ? nil : observation.nextAt ?? context.now
    // A message comes between the looks: it never puts off one that is due, for somebody may have
    // asked for it just now.
    if case .notification = observation.source, let due = self.nextAt, due <= context.now {
      nextAt = nextAt.map { min($0, context.now) }
    }
    var steps = [record(observation, nextAt: nextAt)]
    if reading == .pending, let progress = progress(observation) {
      steps.append(.event(.jobProgressed(progress)))
    }
    if let overdueAt, context.now >= overdueAt, state == .dispatched || state == .running {
      let patience = (overdueAt.microseconds - (dispatchedAt ?? overdueAt).microseconds) / 1000
      let body = JobOverdue(patienceMilliseconds: UInt64(clamping: patience))
      steps.append(.event(.jobOverdue(body), nextAt: nextAt))
    }
    return steps
  }

  /// Progress worth an event: a greater share, another queue place, or a stage in words.
  private func progress(_ observation: Observation) -> JobProgressed? {
    let share = observation.fraction.map { max($0, UInt64(fraction ?? 0)) }
    let isNewShare = share != nil && share != fraction.map(UInt64.init)
    let isNewPlace =
      observation.queuePlace != nil && observation.queuePlace != queuePlace.map(UInt64.init)
    guard isNewShare || isNewPlace || observation.stage != nil else { return nil }
    return JobProgressed(
      fraction: share, stage: observation.stage.map { BlobReference($0) },
      queuePlace: observation.queuePlace)
  }

  /// Our own id is the handle and the provider knows it: the submit arrived, whatever became of
  /// its answer.
  private func acceptByOwnID(_ observation: Observation, _ context: JobContext) -> [JobStep] {
    let acceptance = Acceptance(
      via: .status, handle: FoundHandle(), nextAt: observation.nextAt ?? context.now,
      outcome: observation)
    // `accept` refuses only states other than this one.
    return (try? accept(acceptance, context)) ?? []
  }

  /// A late success: charged where policy and account allow all of it, else written off.
  private func recover(_ observation: Observation, _ context: JobContext) -> [JobStep] {
    let owed = hold - captured
    let price = max(fullPrice(observation.charge) - captured, .zero)
    var body = JobRecovered(
      outputs: observation.outputList, outputCount: UInt64(observation.outputs.count))
    if let funds = context.lateFunds, funds >= price {
      let money: [JobStep] = price > .zero ? [.hold(price), .settle(charge: price)] : []
      return [.event(.jobRecovered(body))] + money + storeAfterwards(context)
    }
    body.writtenOff = owed > .zero ? owed : nil
    return [.event(.jobRecovered(body))] + storeAfterwards(context)
  }

  func record(_ observation: Observation, nextAt: Timestamp?) -> JobStep {
    let exchange = observation.exchange
    switch observation.source {
    case .poll(let request):
      let body = JobPolled(
        httpStatus: exchange.httpStatus, latencyMilliseconds: exchange.latencyMilliseconds,
        word: observation.word, class: observation.replyClass, reading: observation.reading,
        request: request == .status ? nil : request, fault: exchange.fault,
        reply: exchange.reply.map { .content($0) },
        message: exchange.message.map { BlobReference($0) },
        nextRequest: observation.nextRequest)
      return .event(.jobPolled(body), nextAt: nextAt)
    case .notification(let channel, let id, let verified):
      let body = JobNotified(
        channel: channel, word: observation.word, class: observation.replyClass,
        reading: observation.reading, notificationID: id, verified: verified,
        reply: exchange.reply.map { .content($0) },
        message: exchange.message.map { BlobReference($0) })
      return .event(.jobNotified(body), nextAt: nextAt)
    }
  }
}
