// The summary of those jobs that a principal may see; a walk over all of them.

import Ledger
import Wire

struct PartialSummary {
  private let head: Position
  private var jobs: [JobState: Int] = [:]
  private var held = Credits.zero
  private var captured = Credits.zero
  private var released = Credits.zero
  private let paused: [Summary.Paused]

  init(of principal: Principal, _ snapshot: inout Snapshot) throws {
    head = snapshot.head
    let house = try snapshot.summary()
    paused = house.paused.filter { $0.account.map(principal.sees(account:)) ?? true }
    for number in try snapshot.jobs(Selector()) {
      guard let job = try snapshot.job(number), let account = try snapshot.subject(job.account),
        principal.sees(account: account.name.id)
      else { continue }
      jobs[job.state, default: 0] += 1
      held = held + job.openHold
      captured = captured + job.captured
      released = released + job.released
    }
  }

  var json: JSON {
    var counts = JSONObject()
    for state in JobState.allCases where state != .none {
      counts[state.name] = .int(jobs[state] ?? 0)
    }
    return [
      "head": .int(head), "jobs": .object(counts), "held": .credits(held),
      "captured": .credits(captured), "released": .credits(released),
      "paused": .array(paused.map(\.json)),
    ]
  }
}
