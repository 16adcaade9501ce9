// When a drain is over, and what it leaves open.

import Ledger
import Providers
import Wire

extension Poller {
  /// States that a drain waits for; those that take longest to walk in vain come last.
  private static let moving: [JobState] = [
    .running, .dispatched, .dispatching, .storing, .submitted, .uncertain,
  ]
  private static let drainPage = 256
  private static let open: [JobState] = moving + [.overdue, .parked]

  /// What stays open, once nothing moves any more; nil while something does.
  func drained() throws -> [OpenJob]? {
    try books.read { snapshot in
      for state in Poller.moving {
        for number in try snapshot.jobs(in: state) where try waits(for: number, &snapshot) {
          return nil
        }
      }
      if try isSaving(&snapshot) { return nil }
      var jobs: [OpenJob] = []
      for state in Poller.open {
        for number in try snapshot.jobs(in: state) {
          guard let details = try snapshot.details(number) else { continue }
          jobs.append(
            OpenJob(id: details.id, state: state, reason: try reason(details, &snapshot)))
        }
      }
      return jobs
    }
  }

  /// A job that is paused, or whose provider cannot be asked, is not waited for.
  private func waits(for number: SubjectNumber, _ snapshot: inout Snapshot) throws -> Bool {
    guard let job = try snapshot.job(number) else { return false }
    if storeroom.stuck[number] != nil { return false }
    let provider = try snapshot.providerName(job.provider)
    // What is at the provider is not needed to save what it has made.
    if job.state == .storing { return true }
    if blocked[provider] != nil { return false }
    // In doubt, with a look or a repeat to come; those end by themselves.
    if job.state == .uncertain, job.nextAt == nil { return false }
    guard job.state == .submitted || job.state == .uncertain else { return true }
    return try snapshot.pause(provider: provider, account: job.account) == nil
  }

  /// Whether jobs that have their verdict still wait for their outputs to be saved. All of them
  /// have their next time, so the due list knows them.
  private func isSaving(_ snapshot: inout Snapshot) throws -> Bool {
    var place: DueJob?
    while true {
      let page = try snapshot.due(
        after: place, through: Timestamp(microseconds: .max), limit: Poller.drainPage)
      for entry in page where storeroom.stuck[entry.job] == nil {
        if let job = try snapshot.job(entry.job), job.state == .succeeded, job.isSaving {
          return true
        }
      }
      guard page.count == Poller.drainPage else { return false }
      place = page.last
    }
  }

  private func reason(_ details: JobDetails, _ snapshot: inout Snapshot) throws -> String {
    let job = details.job
    switch job.state {
    case .parked:
      guard case .jobParked(let body)? = try snapshot.log.event(at: job.parked)?.event else {
        return job.parkReason?.name ?? ""
      }
      guard let kept = body.message, let message = try snapshot.text(kept) else {
        return body.reason.name
      }
      return "\(body.reason.name): \(message)"
    case .overdue: return "no verdict within its patience; looked at slowly"
    case .uncertain: return Doubt.advice(job: details.id)
    default: break
    }
    if let why = storeroom.stuck[details.number] { return why }
    if let why = blocked[details.provider] { return why }
    guard let pause = try snapshot.pause(provider: details.provider, account: job.account) else {
      return ""
    }
    return "submission is paused since position \(pause)"
  }
}
