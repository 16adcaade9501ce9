// The board in figures, of those jobs that a principal may see: the sums of the views for whoever
// sees all, a walk over the jobs for others.

import Ledger
import Wire

struct BoardSummary {
  private let head: Position
  private var jobs: [JobState: UInt64] = [:]
  private var held = Credits.zero
  private var captured = Credits.zero
  private var released = Credits.zero
  private var providers: [String: ProviderTally] = [:]
  private var oldest: (id: String, held: Credits, at: Timestamp)?
  private let paused: [Summary.Paused]

  init(of principal: Principal, _ snapshot: inout Snapshot) throws {
    head = snapshot.head
    let house = try snapshot.summary()
    paused = house.paused.filter { $0.account.map(principal.sees(account:)) ?? true }
    if principal.seesAll {
      try take(house.totals, &snapshot)
    } else {
      try walk(principal, &snapshot)
    }
  }

  private mutating func take(_ totals: Totals, _ snapshot: inout Snapshot) throws {
    for state in JobState.allCases { jobs[state] = totals.count(state) }
    (held, captured, released) = (totals.held, totals.captured, totals.released)
    for tally in totals.providers {
      providers[try snapshot.providerName(tally.provider)] = tally
    }
    guard let (number, job) = try snapshot.oldestHold() else { return }
    try note(job, number, &snapshot)
  }

  private mutating func walk(_ principal: Principal, _ snapshot: inout Snapshot) throws {
    var seen: [SubjectNumber: Bool] = [:]
    var names: [UInt32: String] = [:]
    for number in try snapshot.jobs(Selector()) {
      guard let job = try snapshot.job(number) else { continue }
      let isSeen =
        try seen[job.account]
        ?? snapshot.subject(job.account).map { principal.sees(account: $0.name.id) } ?? false
      seen[job.account] = isSeen
      guard isSeen else { continue }
      let provider = try names[job.provider] ?? snapshot.providerName(job.provider)
      names[job.provider] = provider
      jobs[job.state, default: 0] += 1
      held += job.openHold
      captured += job.captured
      released += job.released
      providers[provider, default: ProviderTally(provider: job.provider)].add(job.state)
      // Jobs come newest first: the last open one is the oldest.
      if job.openHold > .zero { try note(job, number, &snapshot) }
    }
  }

  private mutating func note(
    _ job: Job, _ number: SubjectNumber, _ snapshot: inout Snapshot
  ) throws {
    guard let at = job.submittedAt, let subject = try snapshot.subject(number) else { return }
    oldest = (subject.name.id, job.openHold, at)
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
      "providers": .array(
        providers.sorted { $0.key < $1.key }.map { name, tally in
          [
            "provider": .string(name), "open": .int(tally.open),
            "succeeded": .int(tally.succeeded), "failed": .int(tally.failed),
          ]
        }),
      "oldest_hold": oldest.map { oldest in
        [
          "job": .string(oldest.id), "held": .credits(oldest.held),
          "submitted_at": .time(oldest.at),
        ]
      } ?? .null,
    ]
  }
}
