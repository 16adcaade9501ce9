// What an open job waits for, said in plain words: the one sentence a person asks `status` for.

import Wire

/// A job's wait, with what its row does not hold.
struct Waiting {
  var id: String
  var provider: String
  var job: Job
  var now: Timestamp
  /// The event that pauses submission; nil: it goes on.
  var pause: Position?
  /// Who looks after what is due; nil: not known.
  var poller: PollerTrace?
  /// The words given with a pause or a parking.
  var reason: String?

  /// Nil when the job ended and nothing of it is still to be saved.
  var sentence: String? {
    if job.state == .succeeded, job.isSaving { return storing }
    guard !job.state.isTerminal else { return nil }
    let end = job.holdExpires.map { "; held until \(Waiting.text($0))" } ?? ""
    return words + end
  }

  private var words: String {
    switch job.state {
    case .submitted:
      if let pause {
        return "submission paused since position \(pause)" + because
          + "; the job is sent after an unpause"
      }
      if let answer = retry { return answer }
      return "the poller, which submits it to \(provider)\(nobody)"
    case .dispatching: return "\(provider)'s answer to attempt \(job.attempts)"
    case .dispatched, .running:
      return cancel ?? look
    case .overdue:
      let since = job.overdueAt.map { " since \(Waiting.text($0))" } ?? ""
      return "\(provider), overdue\(since); \(look)"
    case .uncertain:
      return "proof whether \(provider) accepted attempt \(job.attempts); the next look at \(next)"
    case .storing: return storing
    case .parked: return "a person: parked (\(job.parkReason?.name ?? "no reason"))" + because
    default: return "nothing"
    }
  }

  private var storing: String {
    let output =
      job.outputCount > 1 ? "output \(job.storedCount + 1) of \(job.outputCount)" : "its output"
    guard job.storeAttempts > 0 else { return "\(output) to be saved in the store" }
    return
      "\(output) to be saved in the store; attempt \(job.storeAttempts), the next look at \(next)"
  }

  /// A refused attempt is sent again.
  private var retry: String? {
    guard job.attempts > 0, let nextAt = job.nextAt else { return nil }
    let answer = job.replyClass.map { " (\($0.name))" } ?? ""
    return "attempt \(job.attempts + 1) at \(Waiting.text(nextAt)): \(provider) did not accept "
      + "the one before\(answer)"
  }

  private var cancel: String? {
    job.cancel == 0 ? nil : "\(provider)'s word on the cancel request; \(look)"
  }

  /// The next poll: when, why so late, and since when it should have been.
  private var look: String {
    guard let nextAt = job.nextAt, nextAt <= now else {
      guard job.replyClass == .rateLimited else { return "the next poll at \(next)" }
      return "\(provider), which wants fewer requests; the next poll at \(next)"
    }
    let late = now.seconds(since: nextAt)
    guard late >= Story.lateAloneSeconds else { return "the next poll, due now" }
    return "a poll, due since \(Waiting.text(nextAt))\(nobody)"
  }

  /// That the log knows of no poller at work.
  private var nobody: String {
    guard let poller, !poller.isRunning else { return "" }
    return "; \(poller.words)"
  }

  private var next: String { job.nextAt.map(Waiting.text) ?? "an unknown time" }

  private var because: String { reason.map { $0.isEmpty ? "" : ": \($0)" } ?? "" }

  /// To the second: a sentence is read by people.
  static func text(_ time: Timestamp) -> String {
    let text = time.description
    return text.prefix { $0 != "." } + "Z"
  }
}
