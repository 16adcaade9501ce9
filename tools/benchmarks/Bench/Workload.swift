// The workload of every comparison (floors/workload.h): 12 events a job, 90 % successes, jobs
// interleaved at random, 1,000 accounts, the same commands of the same jobs from the same seed.

import Ledger
import Wire

/// Draws the next command of a job in flight.
struct Workload {
  static let accounts = 1000
  private static let jobsInFlight = 10_000
  private static let pollsPerJob = 6

  private struct Slot {
    var id = ""
    var fate: UInt64 = 0
    var step = 0
  }

  private var random: Random
  private let seed: UInt64
  private var slots: [Slot]
  /// So many were begun, and so many micro-credits held for them: with these two, tools/bench sees
  /// that all have drawn the same.
  private(set) var jobs = 0
  private(set) var held: Int64 = 0
  private var clock: Int64 = 1_795_252_800_000_000

  init(seed: UInt64, events: Int) {
    self.seed = seed
    random = Random(seed: seed)
    slots = Array(repeating: Slot(), count: min(events / 12 + 1, Workload.jobsInFlight))
  }

  static func account(_ number: Int) -> String { "account-\(number)" }

  /// - Returns: a command, and how many events it comes to.
  mutating func next() -> (Command, Int) {
    let index = Int(random.next() % UInt64(slots.count))
    clock += 100
    let step = slots[index].step
    slots[index].step += 1
    switch step {
    case 0: return (submit(index), 2)
    case 1: return (job(index, .startDispatch(DispatchStart(nextAt: later))), 1)
    case 2: return (job(index, .accept(acceptance(slots[index]))), 1)
    case 3..<2 + Workload.pollsPerJob: return (job(index, .observe(poll(step))), 1)
    default:
      let command = job(index, .observe(verdict(slots[index])))
      slots[index] = Slot()
      return (command, 3)
    }
  }

  private var later: Timestamp { Timestamp(microseconds: clock + 5_000_000) }

  private mutating func submit(_ index: Int) -> Command {
    jobs += 1
    let fate = Random.mix(seed &* 0x9E37_79B9 &+ UInt64(jobs))
    slots[index].id = "job-" + String(fate, radix: 16)
    slots[index].fate = fate
    let price = Int64(1 + fate / 10_000 % 50) * 1_000_000
    held += price
    let submission = Submission(
      id: slots[index].id, account: Workload.account(Int(fate % UInt64(Workload.accounts))),
      provider: "replicate", model: "acme/video",
      hold: Credits(micros: price))
    return Command(.submit(submission), actor: .api)
  }

  private func job(_ index: Int, _ command: JobCommand) -> Command {
    Command(.job(slots[index].id, command), actor: .poller)
  }

  private func acceptance(_ slot: Slot) -> Acceptance {
    let exchange = Exchange(httpStatus: 201, latencyMilliseconds: 120)
    return Acceptance(
      via: .submit,
      handle: FoundHandle(externalID: "p-\(slot.id)", patienceMilliseconds: 1_800_000),
      exchange: exchange, word: "starting", nextAt: later)
  }

  private func poll(_ step: Int) -> Observation {
    Observation(
      source: .poll(.status), exchange: Exchange(httpStatus: 200, latencyMilliseconds: 80),
      word: "processing", reading: .pending, nextAt: later)
  }

  private func verdict(_ slot: Slot) -> Observation {
    let succeeded = slot.fate / UInt64(Workload.accounts) % 10 != 0
    var observation = Observation(
      source: .poll(.status), exchange: Exchange(httpStatus: 200, latencyMilliseconds: 80),
      word: succeeded ? "succeeded" : "failed", reading: succeeded ? .succeeded : .failed)
    if succeeded { observation.outputs = [.init(url: "https://example.com/\(slot.id).mp4")] }
    return observation
  }
}
