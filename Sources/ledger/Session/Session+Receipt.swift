// What a writing command says when it is done.

import CommandLine
import Ledger
import Wire

extension Session {
  /// `(position 12)`, and whether an earlier command was answered again.
  func place(_ receipt: Receipt) -> String {
    receipt.isRepeated
      ? "(done before, at position \(receipt.position))" : "(position \(receipt.position))"
  }

  /// The answer of `submit` and `track`, as it was first given.
  func answer(_ receipt: Receipt, id: String, account: String) throws {
    let types = Set(receipt.events.map(\.event.type))
    let held = receipt.events.lazy.compactMap { event in
      if case .creditHeld(let body) = event.event { body.amount } else { nil }
    }.first
    let state = types.contains(.jobDispatched) ? JobState.dispatched : .submitted
    // A handle attached to a job brings no hold: the one it has goes on.
    let amount =
      try held ?? read { snapshot in try snapshot.status(job: id, now: now)?.held } ?? .zero
    if output.settings.isJSON {
      output.json([
        "job": .string(id), "position": .int(receipt.position), "state": .string(state.name),
        "account": .string(account), "held": .string(amount.description),
        "repeated": .bool(receipt.isRepeated),
      ])
      return
    }
    output.line(
      "\(id)  \(state.name), \(Human.grouped(amount.description)) held from \(account) "
        + place(receipt))
  }

  /// The answer of an operator's command on a job: where it stands now.
  func answer(_ receipt: Receipt, job id: String, done: String) throws -> ExitCode {
    guard let status = try read({ try $0.status(job: id, now: now) }) else { return .notFound }
    if output.settings.isJSON {
      output.json([
        "job": .string(id), "position": .int(receipt.position),
        "state": .string(status.state.name), "repeated": .bool(receipt.isRepeated),
      ])
      return .ok
    }
    output.line("\(id)  \(done); \(status.state.name) \(place(receipt))")
    if let waiting = status.waitingFor {
      let words = Escaping.terminal("waiting: \(waiting)")
      for line in Wrap.lines(words, columns: output.settings.columns) { output.note(line) }
    }
    return .ok
  }

  /// Says that jobs need a poller, when there is none.
  func adviseToPoll() {
    if !isPollerActive {
      output.note("no poller is running")
      output.note("  try: \(command("poll"))")
    }
  }
}
