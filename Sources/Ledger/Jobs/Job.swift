// A job as the events tell it: everything a decision, the schedule and the board need.

package import Wire

/// The state of one job: a fold of its events (`Job+Evolve.swift`).
package struct Job: Sendable, Equatable {
  package struct Flags: OptionSet, Sendable, Equatable {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }
    /// The provider answered our cancel request.
    package static let cancelSent = Flags(rawValue: 2)
    /// Adopted: submitted by the app itself.
    package static let tracked = Flags(rawValue: 4)
    /// The handle of the current step is known.
    package static let hasHandle = Flags(rawValue: 8)
    /// The handle is another job's.
    package static let duplicate = Flags(rawValue: 16)
    /// job.resolved was written: the operator's verdict may follow.
    package static let resolved = Flags(rawValue: 32)
    /// The last word needs the result to be fetched.
    package static let resultDue = Flags(rawValue: 64)
    /// The newest answer was a problem of our own account at the provider.
    package static let accountProblem = Flags(rawValue: 128)
    /// The current attempt was sent under an idempotency key that the provider honours.
    package static let repeatable = Flags(rawValue: 256)
  }

  package var state: JobState = .none
  /// Where an unpark leads.
  package var stateBeforeParking: JobState = .none
  package var parkReason: ParkReason?
  package var failureClass: FailureClass?
  /// Class of the newest poll or refusal.
  package var replyClass: ReplyClass?
  package var flags: Flags = []
  /// Current step, from 0, of `steps`.
  package var step: UInt32 = 0
  package var steps: UInt32 = 1
  /// Dispatch attempts of the current step.
  package var attempts: UInt32 = 0
  package var polls: UInt32 = 0
  /// Polls in a row that brought no word of the job.
  package var failedPolls: UInt32 = 0
  /// Number of the provider's name in the views.
  package var provider: UInt32 = 0
  package var account: SubjectNumber = 0
  package var hold: Credits = .zero
  package var captured: Credits = .zero
  package var released: Credits = .zero
  package var refunded: Credits = .zero
  package var writtenOff: Credits = .zero
  /// The job's newest event: the version that an append expects.
  package var last: Position = 0
  /// Positions of the events to look at for more: job.submitted, the current job.dispatched, the
  /// verdict, the newest answer, the newest job.progressed, the newest job.parked.
  package var submitted: Position = 0
  package var handle: Position = 0
  package var verdict: Position = 0
  package var answer: Position = 0
  package var progress: Position = 0
  package var parked: Position = 0
  /// The job.storing that began the saving of outputs; 0: they are not saved.
  package var storing: Position = 0
  /// Outputs to save, how many of them are saved, and attempts at the next one.
  package var outputCount: UInt32 = 0
  package var storedCount: UInt32 = 0
  package var storeAttempts: UInt32 = 0
  /// job.cancel_requested; 0: nobody asked.
  package var cancel: Position = 0
  package var submittedAt: Timestamp?
  package var dispatchedAt: Timestamp?
  package var updatedAt: Timestamp?
  /// When the poller looks again.
  package var nextAt: Timestamp?
  package var holdExpires: Timestamp?
  /// When our patience ends.
  package var overdueAt: Timestamp?
  /// Patience asked for with the job, milliseconds; 0: the profile's.
  package var patienceMilliseconds: UInt64 = 0
  /// Share done of the current step, millionths.
  package var fraction: UInt32?
  package var queuePlace: UInt32?
  /// The steps of a job handed in with a plan; empty for every other job.
  package var pipeline: [PipelineStep] = []

  package init() {}

  /// Credits still reserved.
  package var openHold: Credits { hold - captured - released }

  /// The earliest moment at which the poller has something to do; nil when it has nothing.
  package var dueAt: Timestamp? {
    guard !state.isTerminal, !isStoring, let holdExpires else { return nextAt }
    guard let nextAt else { return holdExpires }
    return min(nextAt, holdExpires)
  }
}
