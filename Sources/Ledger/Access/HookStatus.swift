// How a hook does, for whoever runs the house: how much it is behind, and what went wrong last.

package import Wire

/// One hook as it is shown, and as a gauge reads it.
package struct HookStatus: Sendable, Equatable {
  package enum State: String, Sendable { case ok, failing, disabled }

  package let hook: Hook
  /// Matching events that were not delivered yet; at most `countMax` are counted.
  package let behindEvents: Int
  /// Age of the oldest of them, seconds; 0 when there is none.
  package let behindSeconds: Double
  /// What went wrong last; stays when it goes well again.
  package let failure: HookProgress.Failing?
  package let deliveredAt: Timestamp?
  package let nextTryAt: Timestamp?

  package static let countMax = 10_000

  package var state: State {
    if hook.disabled != nil { return .disabled }
    guard behindEvents > 0, let failure else { return .ok }
    return deliveredAt.map { failure.at >= $0 } ?? true ? .failing : .ok
  }

  /// For a summary: no address.
  package var json: JSON {
    [
      "name": .string(hook.name), "state": .string(state.rawValue),
      "behind_events": .int(behindEvents), "behind_seconds": .int(Int(behindSeconds)),
      "last_error": failure?.json ?? .null, "last_delivered_at": .time(deliveredAt),
      "next_try_at": .time(nextTryAt),
      "disabled": hook.disabled.map {
        ["at": .time($0.at), "reason": .string($0.reason)]
      } ?? .null,
    ]
  }

  /// With what it is for: `hook list`.
  package var definition: JSON {
    guard var object = json.object else { return json }
    object["url"] = .string(hook.shownURL)
    object["types"] = .array(hook.typeNames.map(JSON.string))
    object["account"] = .text(hook.account?.description)
    object["created_at"] = .time(hook.createdAt)
    return .object(object)
  }
}

extension Snapshot {
  /// How every hook of a home does. What the poller has not looked at yet is counted here, so that
  /// the answer is right although no poller runs.
  /// - Throws: `ConfigurationError`, `BooksError`.
  package mutating func hookStatuses(_ home: Home, now: Timestamp) throws -> [HookStatus] {
    try Configuration.read(home).hooks.map { hook in
      let start = try hookStart(hook, HookProgress.read(of: hook.name, in: home))
      let count = max(0, HookStatus.countMax - start.waiting)
      let unseen = try events(for: hook, after: start.scanned, limit: count).events
      let oldest = start.waitingSince ?? unseen.first?.at
      return HookStatus(
        hook: hook, behindEvents: start.waiting + unseen.count,
        behindSeconds: oldest.map { max(0, now.seconds(since: $0)) } ?? 0,
        failure: start.failure, deliveredAt: start.deliveredAt,
        nextTryAt: hook.disabled == nil ? start.nextTryAt : nil)
    }
  }

  /// Where to go on: at the kept place, unless something was asked for since, or positions name
  /// other events by now.
  package func hookStart(_ hook: Hook, _ kept: HookProgress?) throws -> HookProgress {
    let incarnation = try incarnation
    guard var start = kept, start.incarnation == incarnation, start.scanned <= head else {
      var start = HookProgress()
      start.incarnation = incarnation
      start.deliveredAt = kept?.deliveredAt
      start.failure = kept?.failure
      return anew(start, hook, from: min(hook.since, hook.resent?.after ?? hook.since, head))
    }
    if start.retriedAt != hook.retriedAt {
      start = anew(start, hook, from: min(start.through, hook.since))
    }
    if let resent = hook.resent, start.resent != resent {
      start = anew(start, hook, from: min(start.through, resent.after))
    }
    return anew(start, hook, from: nil)
  }

  private func anew(
    _ progress: HookProgress, _ hook: Hook, from position: Position?
  ) -> HookProgress {
    var progress = progress
    progress.resent = hook.resent
    progress.retriedAt = hook.retriedAt
    guard let position else { return progress }
    progress.through = position
    progress.scanned = position
    progress.waiting = 0
    progress.waitingSince = nil
    return progress
  }
}
