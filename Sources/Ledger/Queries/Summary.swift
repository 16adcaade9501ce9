// The whole house in one line: jobs by state, credits, and what is paused.

package import Wire

/// What `status --summary` says.
package struct Summary: Sendable {
  /// A stop of submitting.
  package struct Paused: Sendable {
    /// Nil: every provider.
    package let provider: String?
    /// Nil: every account.
    package let account: String?
    package let position: Position
    package let at: Timestamp?
    package let reason: String?

    package var json: JSON {
      [
        "provider": .text(provider), "account": .text(account), "position": .int(position),
        "at": .time(at), "reason": .text(reason),
      ]
    }
  }

  package let head: Position
  package let totals: Totals
  package let paused: [Paused]
  /// Nil where nobody asked for them.
  package var hooks: [HookStatus]?

  package var json: JSON {
    var jobs = JSONObject()
    for state in JobState.allCases where state != .none {
      jobs[state.name] = .int(totals.count(state))
    }
    var object = JSONObject([
      .init("head", .int(head)), .init("jobs", .object(jobs)),
      .init("held", .credits(totals.held)), .init("captured", .credits(totals.captured)),
      .init("released", .credits(totals.released)), .init("paused", .array(paused.map(\.json))),
    ])
    if let hooks { object["hooks"] = .array(hooks.map(\.json)) }
    return .object(object)
  }
}

extension Snapshot {
  package mutating func summary() throws -> Summary {
    var paused: [Summary.Paused] = []
    for pause in try pauses() {
      let event = try log.event(at: pause.position)
      var reason: String?
      if case .ledgerSubmissionPaused(let body)? = event?.event {
        reason = try body.reason.flatMap { try text($0) }
      }
      paused.append(
        Summary.Paused(
          provider: pause.provider,
          account: try pause.account.flatMap { try subject($0) }?.name.id,
          position: pause.position, at: event?.time, reason: reason))
    }
    return Summary(head: head, totals: totals, paused: paused)
  }
}
