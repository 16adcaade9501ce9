// What the poller has under way for hooks: a counter for each hook, messages that left, and what is
// to be recorded of them.

import HTTP
import Ledger
import Wire

/// One hook as the poller serves it.
struct HookCounter {
  /// Answers to what an earlier counter of the hook sent are told apart by it.
  let number: UInt64
  var hook: Hook
  let secret: HookSecret?
  var queue: HookQueue
  /// Positions up to here may have been delivered by an earlier poller: the log is asked.
  let knownThrough: Position
  /// How it was found, and what is kept of it.
  var progress: HookProgress
  var failures = 0
  /// Nothing leaves before; nil: no such time.
  var pausedUntil: Timestamp?
  /// What was written last, and when.
  var kept: HookProgress?
  var keptAt: Timestamp?

  /// As it is now, for others to read.
  func progress(_ now: Timestamp) -> HookProgress {
    var progress = progress
    progress.through = queue.through
    progress.scanned = queue.scanned
    progress.waiting = queue.count
    progress.waitingSince = queue.oldest?.at
    progress.nextTryAt = nextAt(now).flatMap { $0 > now ? $0 : nil }
    return progress
  }

  /// Something kept it from working a while ago, and may be mended by now.
  func isToBeTriedAgain(_ now: Timestamp) -> Bool {
    guard secret == nil, let failure = progress.failure else { return false }
    return now.seconds(since: failure.at) >= HookDesk.mendSeconds
  }

  /// When something can leave.
  func nextAt(_ now: Timestamp) -> Timestamp? {
    guard hook.disabled == nil, secret != nil, let next = queue.nextAt(now: now) else { return nil }
    return max(next, pausedUntil ?? next)
  }
}

/// A message under way.
struct HookFlight {
  let hook: String
  let counter: UInt64
  let event: HookEvent
  /// The job's id.
  let job: String
}

/// What came of a message, to be written down with the next commit.
struct HookRecord {
  let flight: HookFlight
  let command: Command
  /// The event is not sent again.
  let isSettled: Bool
}

/// All hooks of the home.
struct HookDesk {
  /// Messages under way at once, of all hooks.
  static let atOnce = 16
  /// Records of the log looked at for one hook in a turn.
  static let records: Position = 4096
  /// Distance between two looks at config.json, seconds.
  static let lookSeconds = 0.2
  /// How long a stop waits for receivers' answers, seconds: without them the messages come again.
  static let graceSeconds = 3.0
  /// After it was found that a hook cannot work, the next look, seconds.
  static let mendSeconds = 10.0
  /// Distance between two writings of one hook's progress, seconds.
  static let keepSeconds = 1.0

  var counters: [String: HookCounter] = [:]
  var flights: [UInt64: HookFlight] = [:]
  var leaving: [(flight: HookFlight, request: HTTPRequest)] = []
  var records: [HookRecord] = []
  /// Where the next turn begins, so that no hook is always the last.
  var turn = 0
  var lookedAt: Timestamp?
  /// What config.json looked like when it was read.
  var stamp: ConfigurationStamp?
  /// What is in config.json.
  var hooks: [Hook] = []
  var lastCounter: UInt64 = 0

  /// Whether nothing is under way or to be recorded.
  var isQuiet: Bool { flights.isEmpty && leaving.isEmpty && records.isEmpty }

  /// When somebody must look: nil when only the log or config.json can bring something.
  func nextAt(_ now: Timestamp) -> Timestamp? {
    counters.values.compactMap { $0.nextAt(now) }.min()
  }

  /// Whether something could be done now.
  func isBusy(_ head: Position, _ now: Timestamp) -> Bool {
    !isQuiet
      || counters.values.contains { counter in
        counter.hook.disabled == nil && counter.secret != nil
          && (counter.queue.scanned < head && counter.queue.room > 0
            || counter.nextAt(now).map { $0 <= now } ?? false)
      }
  }
}
