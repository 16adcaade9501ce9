// Time: the wall clock against the newest event, and against the machine's own clock.

import Wire

/// What the clocks say.
struct ClockCheck: Sendable {
  /// So much may be between two clocks, seconds; beyond it expiry is suspended (design, "Polling").
  static let jumpSeconds = 60.0

  var now: Timestamp
  /// When the newest event was recorded.
  var newest: Timestamp?
  /// The active poller's last sign of life.
  var heartbeat: Heartbeat?

  var finding: HealthFinding {
    if let newest, newest.seconds(since: now) > 1 {
      let ahead = newest.seconds(since: now)
      return HealthFinding(
        "clock", ahead > ClockCheck.jumpSeconds ? .bad : .warn,
        "the wall clock went back: the newest event is \(Rough.length(ahead)) ahead of it, and "
          + "recorded time stands still until then", do: "timedatectl")
    }
    if let heartbeat, heartbeat.ageSeconds.isFinite {
      let moved = now.seconds(since: heartbeat.at) - heartbeat.ageSeconds
      if abs(moved) > ClockCheck.jumpSeconds {
        return HealthFinding(
          "clock", .warn,
          "the wall clock was moved by \(Rough.length(abs(moved))) since the "
            + "poller's last sign of life", do: "timedatectl")
      }
    }
    return HealthFinding("clock", .ok, "\(Waiting.text(now)); time never went back")
  }
}
