// What a decision about a job comes to: events, with money named where it must stand among them.

import Wire

/// One step of a group that a decision wants, in order.
enum JobStep: Sendable, Equatable {
  /// An event about the job; it starts a wait when it names the next time.
  case event(Event, nextAt: Timestamp? = nil)
  /// Reserve credits.
  case hold(Credits)
  /// Charge the completed steps that are paid for all the same, then this much of the hold, and
  /// give the rest back; nil: charge no more. The evidence is each step's own success, and for the
  /// rest the event just before.
  case settle(earned: [EarnedShare] = [], charge: Credits?)
  /// A rule of the house follows from an answer: submission to the provider pauses.
  case pause(ReplyClass, reason: String)
}

/// What a decision sees besides the job.
struct JobContext: Sendable {
  /// Now, never before the newest event.
  var now: Timestamp
  /// The job's text id, for refusals.
  var id: String
  /// The job's provider.
  var provider: String
  /// The other job that owns the handle this command names.
  var owner: SubjectNumber?
  /// The event that pauses submission for this job.
  var pause: Position?
  /// Policy `on_account_problem`: wait (true) or fail.
  var waitsOnAccountProblem = true
  /// Policy `store` names a place: outputs are saved.
  var storesOutputs = false
  /// Policy `capture_on`: stored (true) or succeeded.
  var capturesOnStored = false
  /// The step after the current one; nil where there is none or its text was erased.
  var next: Plan.Step?
  /// The event that began the storing; nil where there is none.
  var storing: JobStoring?
  /// Policy `late_success = charge`: what the account could pay now, its limit left aside; nil: a
  /// late success is written off.
  var lateFunds: Credits?
}

/// The outcome of a decision.
enum JobDecision: Sendable, Equatable {
  case steps([JobStep])
  /// It was done before, here; nothing to write.
  case already(Position)
}
