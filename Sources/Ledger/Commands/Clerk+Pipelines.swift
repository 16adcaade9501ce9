// What decisions about a job of several steps need from the log, and what they must not mix up.

import LMDB
import Wire

extension Clerk where Source: ~Copyable, Snapshot: ~Copyable {
  /// The step that becomes due if this command completes the current one; nil where there is none,
  /// or where its text was erased.
  func nextStep(of job: Job, after command: JobCommand) throws -> Plan.Step? {
    let observation: Observation?
    switch command {
    case .observe(let seen): observation = seen
    case .accept(let acceptance): observation = acceptance.outcome
    default: observation = nil
    }
    guard !job.isLastStep, observation?.reading == .succeeded,
      case .jobSubmitted(let body)? = try log.event(at: job.submitted)?.event,
      let name = body.plan?.name, let bytes = try log.blob(name),
      let plan = (try? JSON(parsing: bytes)).flatMap({ Plan(kept: $0) })
    else { return nil }
    let next = Int(job.step) + 1
    return plan.steps.indices.contains(next) ? plan.steps[next] : nil
  }

  /// An answer to an earlier step's submit, or a person's handle of one, is none of this step's.
  func refuseOtherStep(
    _ handle: FoundHandle, _ job: Job, _ id: String
  ) throws(Refusal) {
    guard let step = handle.step, step != UInt64(job.step) else { return }
    throw Refusal(
      .conflict, "job \(id) is at step \(job.step + 1) of \(job.steps), not at step \(step + 1)",
      position: job.handle != 0 ? job.handle : job.submitted, next: "ledger status \(id)")
  }
}
