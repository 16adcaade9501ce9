// Where a job's time went: one lane for each kind of work, on one axis. The lanes are those of the
// page's waterfall (Sources/Server/Page/waterfall.js), under the same names.

package import Wire

/// A job's events sorted into lanes. Feed it in order, then ask for `lanes`.
package struct Waterfall: Sendable {
  /// Silence between two answers from which on it is drawn, seconds; or three times the usual one.
  static let silenceSeconds = Timeline.gapSeconds

  package private(set) var begin: Timestamp?
  package private(set) var newest: Timestamp?
  var verdict: Timestamp?
  var hold = HoldLane()
  var submits: [LaneBar] = []
  var attempts = 0
  var work = ProviderLanes()
  var told = Lane(.told)
  var saving = SavingLane()
  var polled: [LaneTick] = []
  /// When the provider was heard, by poll or message.
  var heard: [Timestamp] = []
  var dispatched: Timestamp?
  var seen: [LaneTick] = []
  var hadAt: Timestamp?

  package init() {}

  package mutating func take(_ event: RecordedEvent) {
    let at = event.time
    begin = begin ?? at
    newest = at
    hold.take(event.event, at)
    work.take(event.event, at)
    saving.take(event.event, at)
    switch event.event {
    case .jobDispatchStarted:
      attempts += 1
      submits.append(LaneBar(from: at, to: at, kind: .going))
    case .jobDispatched:
      dispatched = dispatched ?? at
      answered(at)
    case .jobDispatchRefused, .jobDispatchUncertain: answered(at)
    case .jobPolled(let body):
      polled.append(LaneTick(at: at, isTrouble: body.class != .ok))
      heard.append(at)
    case .jobNotified:
      told.ticks.append(LaneTick(at: at, isTrouble: false))
      heard.append(at)
    case .jobDelivered: see(at, isGood: true)
    case .jobClientReported(let body): see(at, isGood: body.kind == "seen")
    case .jobSucceeded, .jobFailed, .jobCanceled, .jobExpired: verdict = at
    default: break
    }
  }

  private mutating func answered(_ at: Timestamp) {
    guard let last = submits.indices.last, submits[last].kind == .going else { return }
    submits[last].to = at
    submits[last].kind = .work
  }

  private mutating func see(_ at: Timestamp, isGood: Bool) {
    seen.append(LaneTick(at: at, isTrouble: !isGood))
    if isGood { hadAt = hadAt ?? at }
  }
}
