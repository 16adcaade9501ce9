// A job of several steps: what each is worth, which are done, and what they cost at the end
// (PRODUCT.md, "Money").

/// A step of a pipeline, as the job's row knows it.
package struct PipelineStep: Sendable, Equatable {
  /// Its part of the hold.
  package var share: Credits
  /// Its job.step_succeeded; 0: it is not completed, or was before these books knew the job.
  package var succeeded: Position = 0
  /// Where its handle became known, once it is completed.
  package var handle: Position = 0
  /// Its attempts, and the job's polls, when it was completed.
  package var attempts: UInt32 = 0
  package var polls: UInt32 = 0
  /// The price that its reply reported.
  package var charge: Credits?
  /// Paid for even if a later step fails (`charge_completed_steps`).
  package var isEarned = false

  package init(share: Credits) { self.share = share }

  /// What it costs: the reported price within its share, else its share.
  var price: Credits { Job.price(charge, within: share) }
}

/// A completed step that is paid for although the job did not succeed.
struct EarnedShare: Sendable, Equatable {
  /// Its job.step_succeeded; 0: the one of this very group.
  let evidence: Position
  let amount: Credits
}

extension Job {
  /// A price below zero is no price.
  static func price(_ reported: Credits?, within share: Credits) -> Credits {
    min(max(reported ?? share, .zero), share)
  }

  package var isLastStep: Bool { step + 1 >= steps }

  /// The current step's part of the hold.
  var share: Credits { Int(step) < pipeline.count ? pipeline[Int(step)].share : hold }

  /// What the current step costs.
  func price(_ reported: Credits?) -> Credits { Job.price(reported, within: share) }

  /// What the job costs when the current step was the last one and succeeded.
  func fullPrice(_ reported: Credits?) -> Credits {
    pipeline.prefix(Int(step)).reduce(price(reported)) { $0 + $1.price }
  }

  /// Completed steps that are paid for although the job ends otherwise than succeeded.
  var earned: [EarnedShare] {
    pipeline.prefix(Int(step)).filter { $0.isEarned && $0.succeeded != 0 }
      .map { EarnedShare(evidence: $0.succeeded, amount: $0.price) }
  }

  /// The money of every end but success.
  /// - Parameter charge: what the current step costs the customer; nil: nothing.
  func settlement(charge: Credits?) -> JobStep { .settle(earned: earned, charge: charge) }

  /// A step that is not the last one is done: the next one is due, unless a cancel was asked for.
  func completeStep(_ observation: Observation, _ context: JobContext) -> [JobStep] {
    let isEarned = observation.chargesCompletedStep
    let body = JobStepSucceeded(
      outputs: observation.outputList, charge: observation.charge,
      chargeCompleted: isEarned ? true : nil, nextProvider: context.next?.provider,
      nextModel: context.next?.model)
    let completed = JobStep.event(.jobStepSucceeded(body), nextAt: context.now)
    guard cancel != 0 else { return [completed] }
    // The provider was too late for this step, and the next one was never sent.
    let own = isEarned ? [EarnedShare(evidence: 0, amount: price(observation.charge))] : []
    return [
      completed, .event(.jobCanceled(JobCanceled(class: .canceled))),
      .settle(earned: earned + own, charge: nil),
    ]
  }

  /// The row after a job.step_succeeded: everything of the step begins anew.
  mutating func advance(_ body: JobStepSucceeded, at position: Position) {
    if Int(step) < pipeline.count {
      var done = pipeline[Int(step)]
      done.succeeded = position
      done.handle = handle
      done.attempts = attempts
      done.polls = polls
      done.charge = body.charge
      done.isEarned = body.chargeCompleted == true
      pipeline[Int(step)] = done
    }
    step += 1
    attempts = 0
    failedPolls = 0
    handle = 0
    progress = 0
    fraction = nil
    queuePlace = nil
    replyClass = nil
    dispatchedAt = nil
    overdueAt = nil
    flags.subtract(
      [.hasHandle, .duplicate, .resultDue, .repeatable, .cancelSent, .accountProblem])
  }

  /// Polls of the current step.
  package var stepPolls: UInt32 {
    let before = step > 0 && Int(step) <= pipeline.count ? pipeline[Int(step) - 1].polls : 0
    return polls - min(polls, before)
  }

  /// Share done of all steps together, millionths; nil while nothing is known of the first.
  package var overallFraction: UInt32? {
    guard steps > 1 else { return fraction }
    guard step > 0 || fraction != nil else { return nil }
    return UInt32((UInt64(step) * 1_000_000 + UInt64(fraction ?? 0)) / UInt64(steps))
  }
}
