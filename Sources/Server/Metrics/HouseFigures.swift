// What the books say in figures: holds, jobs, how late the poller is. One walk over the open jobs.

import Ledger
import Wire

/// Figures as of one position.
struct HouseFigures: Sendable {
  /// Entries of the due list looked at for the oldest.
  private static let dueMax = 4096

  let head: Position
  /// Every state, also those without jobs.
  private(set) var jobs: [(state: JobState, count: UInt64)] = []
  /// Holds of more than nothing that are neither captured nor released.
  private(set) var holdsOpen = 0
  /// How long the oldest of them has been open, seconds; 0 when there is none.
  private(set) var oldestHoldSeconds = 0.0
  /// The provider has them and was never asked.
  private(set) var unpolled = 0
  /// How long the oldest due job of a provider's has waited for its look, seconds.
  private(set) var pollLagSeconds = 0.0
  /// Free bytes below which nothing is written.
  let diskFloor: UInt64

  init(_ snapshot: inout Snapshot, now: Timestamp) throws {
    head = snapshot.head
    diskFloor = try snapshot.diskFloor()
    for state in JobState.allCases where state != .none {
      jobs.append((state, snapshot.totals.count(state)))
      guard !state.isTerminal else { continue }
      for number in try snapshot.jobs(in: state) {
        guard let job = try snapshot.job(number) else { continue }
        add(job, now)
      }
    }
    // A job that is not sent yet may wait for a person or for its provider's quiet time.
    let due = try snapshot.due(through: now, limit: HouseFigures.dueMax)
    for entry in due {
      guard let job = try snapshot.job(entry.job), job.state != .submitted else { continue }
      pollLagSeconds = now.seconds(since: entry.time)
      break
    }
  }

  private mutating func add(_ job: Job, _ now: Timestamp) {
    if job.state == .dispatched, job.polls == 0 { unpolled += 1 }
    guard job.openHold > .zero else { return }
    holdsOpen += 1
    if let at = job.submittedAt {
      oldestHoldSeconds = max(oldestHoldSeconds, now.seconds(since: at))
    }
  }
}
