// What a writer is told, the same by command line and HTTP (INTERFACES, "every writer").

package import Wire

extension Receipt {
  /// `position` and `repeated` behind what the command has to say.
  private func json(_ object: JSONObject) -> JSON {
    var object = object
    object["position"] = .int(position)
    object["repeated"] = .bool(isRepeated)
    return .object(object)
  }

  /// Of `submit` and `track`, as it was first given.
  /// - Parameter heldBefore: the hold of the job that a found handle was attached to, which brings
  ///   none of its own.
  package func newJob(_ id: String, account: String, heldBefore: Credits?) -> JSON {
    let held = events.lazy.compactMap { event in
      if case .creditHeld(let body) = event.event { body.amount } else { nil }
    }.first
    let isDispatched = events.contains { $0.event.type == .jobDispatched }
    let state = isDispatched ? JobState.dispatched : .submitted
    return json(
      JSONObject([
        .init("job", .string(id)), .init("position", .int(position)),
        .init("state", .string(state.name)), .init("account", .string(account)),
        .init("held", .credits(held ?? heldBefore ?? .zero)),
      ]))
  }

  /// Of an action on a job: where it stands now.
  package func job(_ id: String, state: JobState) -> JSON {
    json(
      JSONObject([
        .init("job", .string(id)), .init("position", .int(position)),
        .init("state", .string(state.name)),
      ]))
  }

  /// Of `grant`.
  package func granted(_ account: String) -> JSON {
    let body = events.lazy.compactMap { event in
      if case .creditGranted(let body) = event.event { body } else { nil }
    }.first
    return json(
      JSONObject([
        .init("account", .string(account)), .init("amount", .credits(body?.amount ?? .zero)),
        .init("expires_at", .time(body?.expires)),
      ]))
  }

  /// Of `refund`.
  package func refunded(_ job: String, account: String) -> JSON {
    let amount = events.lazy.compactMap { event in
      if case .creditRefunded(let body) = event.event { body.amount } else { nil }
    }.first
    return json(
      JSONObject([
        .init("job", .string(job)), .init("account", .string(account)),
        .init("refunded", .credits(amount ?? .zero)),
      ]))
  }

  /// Of `adjust`.
  /// - Parameter available: what the account has after it.
  package func adjusted(_ account: String, by amount: Credits, available: Credits) -> JSON {
    json(
      JSONObject([
        .init("account", .string(account)), .init("amount", .credits(amount)),
        .init("available", .credits(available)),
      ]))
  }
}
