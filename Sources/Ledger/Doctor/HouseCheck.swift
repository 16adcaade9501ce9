// What people decided and what follows: pauses, hooks, checkpoints.

import Wire

/// Pauses of submission.
struct PausesCheck: Sendable {
  var pauses: [Summary.Paused]
  var now: Timestamp

  var findings: [HealthFinding] {
    guard !pauses.isEmpty else {
      return [HealthFinding("submissions", .ok, "not paused")]
    }
    return pauses.map { pause in
      let names = [pause.provider, pause.account].compactMap { $0 }
      let scope = names.isEmpty ? "everything" : names.joined(separator: ", ")
      let since = pause.at.map { " for \(Rough.length(now.seconds(since: $0)))" } ?? ""
      let options =
        (pause.provider.map { " --provider \($0)" } ?? "")
        + (pause.account.map { " --account \($0)" } ?? "")
      return HealthFinding(
        "submissions", .warn,
        "paused for \(scope)\(since)" + (pause.reason.map { ": \($0)" } ?? ""),
        do: "ledger unpause\(options)")
    }
  }
}

/// Whom we tell of jobs.
struct HooksCheck: Sendable {
  var hooks: [HookStatus]

  var findings: [HealthFinding] {
    let troubles = hooks.compactMap { status -> HealthFinding? in
      let name = status.hook.name
      switch status.state {
      case .ok: return nil
      case .disabled:
        return HealthFinding(
          "hooks", .bad, "\(name) is disabled: \(status.hook.disabled?.reason ?? "")",
          do: "ledger hook resend \(name)")
      case .failing:
        return HealthFinding(
          "hooks", .warn,
          "\(name) is behind by \(Rough.count(status.behindEvents, "event")), for "
            + "\(Rough.length(status.behindSeconds)): \(status.failure?.message ?? "")",
          do: "ledger hook list")
      }
    }
    guard troubles.isEmpty else { return troubles }
    return [
      HealthFinding(
        "hooks", .ok, hooks.isEmpty ? "none" : "\(Rough.count(hooks.count, "hook")), all told")
    ]
  }
}

/// What is kept elsewhere, as far as the log knows. A backup leaves no event: it is a copy.
struct CheckpointsCheck: Sendable {
  /// After so long a fresh one is due, seconds.
  static let oldSeconds = 30 * 86_400.0
  /// Books with fewer events are only being tried.
  static let eventsMin: Position = 10_000

  var newest: (position: Position, at: Timestamp)?
  var head: Position
  var now: Timestamp

  var finding: HealthFinding {
    guard let newest else {
      let words = "none was signed yet; backups are not recorded"
      return head < CheckpointsCheck.eventsMin
        ? HealthFinding("checkpoints", .ok, words)
        : HealthFinding("checkpoints", .warn, words, do: "ledger checkpoint --out FILE")
    }
    let age = now.seconds(since: newest.at)
    let words = "the newest was signed \(Rough.length(age)) ago, at position \(newest.position)"
    return age > CheckpointsCheck.oldSeconds
      ? HealthFinding("checkpoints", .warn, words, do: "ledger checkpoint --out FILE")
      : HealthFinding("checkpoints", .ok, words)
  }
}
