// Requests that cannot be made. Nothing was sent, so nothing is decided by the provider: what is
// the job's own fault is refused, what is ours waits or is parked for a person.

import Ledger
import Providers
import Wire

/// A request that is wanted.
struct Target {
  let details: JobDetails
  var phase: RequestPhase
  let isLast: Bool
  let provider: String
  let now: Timestamp
  /// The status answer that said the job is finished; only where its result is asked for.
  var lastReply: JSON?
}

extension Poller {
  /// The provider's jobs wait until its surroundings are mended.
  func block(_ target: Target, _ why: String) {
    // The one look at the hold's end cannot be had.
    if target.isLast { return decide(target.details.number, target.details.id, .expire()) }
    tellBlocked(target.provider, why)
  }

  func tellBlocked(_ provider: String, _ why: String) {
    blocked[provider] = why
    tellOnce(.warning, "\(provider): \(why); its jobs wait")
  }

  func cannotBuild(_ target: Target, _ error: any Error, _ ready: ReadyProfile) {
    guard let error = error as? RequestError else { return block(target, "\(error)") }
    switch error {
    case .missingSecret:
      block(target, "\(error), and is not in the file secrets/\(ready.profile.name)")
    case .badSecret:
      block(target, "\(error): mend it, or the file secrets/\(ready.profile.name)")
    case _ where target.phase == .cancel:
      // The job is looked after all the same.
      var status = target
      status.phase = .status
      depart(status, ready, nil)
    case .unsupportedModel, .missing, .inputNotObject, .badSegment, .badHeader, .handleIncomplete:
      guard target.phase == .submit else {
        return cannotAsk(target, .handleIncomplete, error.description)
      }
      refuse(target, error.description)
    case _ where target.phase == .list:
      decide(
        target.details.number, target.details.id,
        .park(
          .uncertainSubmit,
          message: "its provider's list cannot be asked for (\(error)); "
            + Doubt.advice(job: target.details.id)))
    case .noSuchPhase, .badURL, .hostNotAllowed:
      cannotAsk(
        target, target.phase == .submit ? .profileMissing : .handleIncomplete, error.description)
    }
  }

  /// The job's own fault: refused for good, the hold given back.
  func refuse(_ target: Target, _ why: String, _ failure: FailureClass = .refused) {
    let number = target.details.number
    let start = DispatchStart(nextAt: target.now)
    let refused = Refused(
      replyClass: .permanent, exchange: Exchange(fault: .invalidRequest, message: why),
      failureClass: failure)
    asking.insert(number)
    outbox.append(Entry(job: number, id: target.details.id, command: .startDispatch(start)))
    outbox.append(
      Entry(job: number, id: target.details.id, command: .refuse(refused), ends: .ask))
  }

  /// Parks the job with the reason; one that has ended only has it written down.
  func cannotAsk(_ target: Target, _ reason: ParkReason, _ why: String) {
    let number = target.details.number
    if target.isLast { return decide(number, target.details.id, .expire()) }
    guard target.details.job.state.isTerminal else {
      let message = "\(why); once that is mended: ledger unpark \(target.details.id)"
      return decide(number, target.details.id, .park(reason, message: message))
    }
    let observation = Observation(
      source: .poll(PollRequest(target.phase)),
      exchange: Exchange(fault: .invalidRequest, message: why), replyClass: .permanent,
      reading: .unknown)
    decide(number, target.details.id, .observe(observation))
  }
}
