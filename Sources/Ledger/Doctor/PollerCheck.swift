// Whether somebody looks after the jobs, and how late that is.

import Wire

/// The active poller and the due list.
package struct PollerCheck: Sendable {
  /// A poller that gave no sign for so long does not work, seconds.
  static let silentSeconds = 10.0
  /// Looks may be so late, seconds.
  static let lateSeconds = 60.0
  static let veryLateSeconds = 600.0

  /// A process holds the poller's lock.
  var isActive: Bool
  var heartbeat: Heartbeat?
  /// Jobs that a poller would move.
  var openJobs: UInt64
  /// The job that has waited longest for its look, and since when it is due.
  var oldestDue: (job: String, seconds: Double)?

  var findings: [HealthFinding] { [poller, polls] }

  private var poller: HealthFinding {
    guard isActive else {
      return openJobs > 0
        ? HealthFinding(
          "poller", .bad,
          "none works on this home, and \(Rough.count(openJobs, "job")) "
            + "\(openJobs == 1 ? "stands" : "stand") still", do: "ledger poll")
        : HealthFinding(
          "poller", .warn, "none works on this home; no job needs it now", do: "ledger poll")
    }
    guard let heartbeat else {
      return HealthFinding(
        "poller", .warn, "one has just begun, or gives no sign of life", do: "ledger doctor")
    }
    let age = heartbeat.ageSeconds
    guard age <= PollerCheck.silentSeconds else {
      let words = age.isFinite ? "for \(Rough.length(age))" : "since the machine started"
      return HealthFinding(
        "poller", .bad, "process \(heartbeat.processID) gave no sign of life \(words)",
        do: "kill \(heartbeat.processID) && ledger poll")
    }
    return HealthFinding(
      "poller", .ok, "process \(heartbeat.processID), seen \(Rough.length(age)) ago")
  }

  private var polls: HealthFinding {
    guard let (job, seconds) = oldestDue, seconds > PollerCheck.lateSeconds else {
      return HealthFinding("polls", .ok, "none is late")
    }
    let level: HealthFinding.Level = seconds > PollerCheck.veryLateSeconds ? .bad : .warn
    return HealthFinding(
      "polls", level, "\(job) has been due for \(Rough.length(seconds))",
      do: isActive ? "ledger explain \(job)" : "ledger poll")
  }
}
