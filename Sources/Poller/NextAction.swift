// What a job whose time has come needs. Pure: the automaton's states from the poller's side
// (PRODUCT, "A job's life").

package import Ledger
package import Wire

/// What to do about a due job.
package enum NextAction: Sendable, Equatable {
  case submit
  /// A request about a job that the provider has.
  /// - Parameter last: the hold's end has come; short of a verdict the job expires after it.
  case ask(PollRequest, last: Bool)
  /// An attempt that began, and whose end nobody here is waiting for.
  case lost
  /// In doubt: look for it in the provider's list.
  case search
  /// In doubt, and nothing can find out by itself: for a person.
  case park
  case expire
  /// The next output is to be saved.
  case save
  case nothing

  /// What the poller knows besides the job.
  package struct Circumstances: Sendable, Equatable {
    package var now: Timestamp
    /// An attempt is ours and under way: the current one's, or of the step before.
    package var isSubmitting = false
    /// Submission is paused for this job's provider or account.
    package var isPaused = false
    /// The time by which holds end: `now`, or behind it while the clock cannot be believed.
    package var ending: Timestamp
    /// The job's stream says that something happened: it is asked for now, whatever its time is.
    package var isHurried = false
    /// The provider takes cancel requests.
    package var canCancel = true
    /// A submit in doubt may be sent again under its key.
    package var canRepeat = false
    /// The provider lists its jobs.
    package var canSearch = false

    package init(now: Timestamp, ending: Timestamp? = nil) {
      self.now = now
      self.ending = ending ?? now
    }
  }

  package init(for job: Job, _ circumstances: Circumstances) {
    let now = circumstances.now
    let isOver = job.holdExpires.map { $0 <= circumstances.ending } ?? false
    let isDue = circumstances.isHurried || job.nextAt.map { $0 <= now } ?? false
    let hasHandle = job.flags.contains(.hasHandle) && !job.flags.contains(.duplicate)
    switch job.state {
    case .submitted where isOver: self = .expire
    // Of a step whose own id showed its end, the submit's answer may still be on its way.
    case .submitted where circumstances.isSubmitting: self = .nothing
    case .submitted: self = isDue && !circumstances.isPaused ? .submit : .nothing
    case .dispatching where !circumstances.isSubmitting: self = .lost
    // Our own id is the handle: how it gets on can be asked while the submit blocks.
    case .dispatching: self = isDue && hasHandle ? .ask(.status, last: false) : .nothing
    case .dispatched, .running, .overdue:
      let request = NextAction.request(job, circumstances)
      self = isDue || isOver ? .ask(request, last: isOver) : .nothing
    case .parked where isOver && job.stateBeforeParking != .storing:
      self = hasHandle ? .ask(.status, last: true) : .expire
    case .uncertain where isOver: self = .expire
    case .uncertain where !isDue: self = .nothing
    case .uncertain where circumstances.canRepeat:
      self = circumstances.isPaused ? .nothing : .submit
    case .uncertain: self = circumstances.canSearch ? .search : .park
    case .succeeded where job.isSaving, .storing where job.isSaving:
      self = isDue ? .save : .nothing
    // Somebody asked for a look at a job that ended, or its hold did: a success would be recorded.
    case .succeeded, .failed, .canceled, .expired:
      let request: PollRequest = job.flags.contains(.resultDue) ? .result : .status
      self = isDue && hasHandle ? .ask(request, last: false) : .nothing
    case .parked, .storing, .none: self = .nothing
    }
  }

  private static func request(_ job: Job, _ circumstances: Circumstances) -> PollRequest {
    if job.cancel != 0, !job.flags.contains(.cancelSent), circumstances.canCancel { return .cancel }
    return job.flags.contains(.resultDue) ? .result : .status
  }
}
