// The board in figures, of those jobs that a principal may see: one walk over all of them.

import Ledger
import Wire

struct BoardSummary {
  /// A provider's jobs.
  private struct Tally {
    var open = 0
    var succeeded = 0
    var failed = 0
  }

  private let head: Position
  private var jobs: [JobState: Int] = [:]
  private var held = Credits.zero
  private var captured = Credits.zero
  private var released = Credits.zero
  private var providers: [String: Tally] = [:]
  private var oldest: (id: String, held: Credits, at: Timestamp)?
  private let paused: [Summary.Paused]

  init(of principal: Principal, _ snapshot: inout Snapshot) throws {
    head = snapshot.head
    let house = try snapshot.summary()
    paused = house.paused.filter { $0.account.map(principal.sees(account:)) ?? true }
    var seen: [SubjectNumber: Bool] = [:]
    var names: [UInt32: String] = [:]
    for number in try snapshot.jobs(Selector()) {
      guard let job = try snapshot.job(number) else { continue }
      let isSeen =
        try principal.seesAll
        || seen[job.account]
          ?? snapshot.subject(job.account).map { principal.sees(account: $0.name.id) } ?? false
      seen[job.account] = isSeen
      guard isSeen else { continue }
      let provider = try names[job.provider] ?? snapshot.providerName(job.provider)
      names[job.provider] = provider
      try add(job, number, provider, &snapshot)
    }
  }

  private mutating func add(
    _ job: Job, _ number: SubjectNumber, _ provider: String, _ snapshot: inout Snapshot
  ) throws {
    jobs[job.state, default: 0] += 1
    held += job.openHold
    captured += job.captured
    released += job.released
    switch job.state {
    case .succeeded: providers[provider, default: Tally()].succeeded += 1
    case .failed, .canceled, .expired: providers[provider, default: Tally()].failed += 1
    default: providers[provider, default: Tally()].open += 1
    }
    // Jobs come newest first: the last open one is the oldest.
    if job.openHold > .zero, let at = job.submittedAt, let subject = try snapshot.subject(number) {
      oldest = (subject.name.id, job.openHold, at)
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
