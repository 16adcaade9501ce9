// What needs a person, gathered before anything else is shown: jobs that do not move by themselves,
// pauses, hooks, a poller that is missing, a disk that is full.

import Ledger
import Wire

/// What stands in the way, read at one position.
struct Attention {
  /// Jobs of a state that somebody should look at.
  struct Jobs {
    let state: JobState
    let count: UInt64
    /// The oldest of them.
    let ids: [String]
  }

  /// Jobs that are named.
  private static let named = 3
  /// States that do not end by themselves, the worst first.
  private static let states: [JobState] = [.parked, .uncertain, .overdue]

  var jobs: [Jobs] = []
  var pauses: [Summary.Paused] = []
  /// Hooks; nil when config.json cannot be read.
  var hooks: [HookStatus]?
  var isPollerMissing = false
  /// Free bytes and the floor, where the first is less.
  var room: (free: UInt64, floor: UInt64)?

  init(_ session: Session, _ summary: Summary, _ snapshot: inout Snapshot) throws {
    for state in Attention.states where summary.totals.count(state) > 0 {
      let ids = try snapshot.jobs(in: state, limit: Attention.named).compactMap {
        try snapshot.subject($0)?.name.id
      }
      jobs.append(Jobs(state: state, count: summary.totals.count(state), ids: ids))
    }
    pauses = summary.paused
    hooks = try? summary.hooks ?? snapshot.hookStatuses(session.home, now: session.now)
    isPollerMissing = snapshot.movableJobs > 0 && !session.home.isPollerActive
    let floor = try snapshot.diskFloor()
    if let free = try? session.books().freeBytes(), free < floor { room = (free, floor) }
  }

  /// The same without jobs: a selector asks for those it means.
  var withoutJobs: Attention {
    var rest = self
    rest.jobs = []
    return rest
  }
}
