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
    let before = try read { snapshot in try snapshot.status(job: id, now: now)?.held }
    let json = receipt.newJob(id, account: account, heldBefore: before)
    if output.settings.isJSON {
      output.json(json)
      return
    }
    let state = json["state"]?.string ?? ""
    let amount = json["held"]?.string ?? ""
    output.line(
      "\(id)  \(state), \(Human.grouped(amount)) held from \(account) " + place(receipt))
  }

  /// The answer of an operator's command on a job: where it stands now.
  func answer(_ receipt: Receipt, job id: String, done: String) throws -> ExitCode {
    guard let status = try read({ try $0.status(job: id, now: now) }) else { return .notFound }
    if output.settings.isJSON {
      output.json(receipt.job(id, state: status.state))
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
    if !home.isPollerActive {
      output.note("no poller is running")
      output.note("  try: \(command("poll"))")
    }
  }
}
