// One job for a person: what it is, where it stands, what it costs, what it waits for.

import CommandLine
import Ledger
import Wire

extension Screen {
  mutating func job(_ status: JobStatus, head: Position, _ session: Session) {
    line(
      style.bold(status.id) + "  " + style(Screen.tone(status.state), status.state.name)
        + (status.state.isTerminal ? "" : Screen.progress(status).map { "  \($0)" } ?? ""))
    field("account", status.account)
    field("provider", [status.provider, status.model].compactMap { $0 }.joined(separator: ", "))
    if let id = status.externalID { whole("handle", id) }
    field("stage", status.stage)
    field("credits", Screen.money(status))
    if let labels = status.meta.object?.members, !labels.isEmpty {
      let texts = labels.map { "\($0.name)=\($0.value.string ?? $0.value.text)" }
      field("meta", texts.joined(separator: " "))
    }
    field("submitted", moment(status.submittedAt))
    field("updated", moment(status.updatedAt))
    field("polls", status.polls == 0 ? nil : Human.count(status.polls))
    if let error = status.error {
      field("error", error.failureClass.name + (error.message.map { ": \($0)" } ?? ""), .bad)
    }
    field("waiting", status.waitingFor, Screen.tone(status.state))
    for (index, output) in status.outputs.enumerated() {
      whole(index == 0 ? "outputs" : "", output["url"]?.string ?? "(erased)")
      if let stored = output["stored"]?["url"]?.string { whole("", "saved: \(stored)") }
    }
    field("incidents", status.diagnoses.joined(separator: ", "), .attention)
    for command in Screen.advice(status) { field("try", session.command(command)) }
    field("head", "\(head)")
  }

  /// `5 held`, `5 captured of 5 ...`: only what is not zero, or that there is nothing.
  private static func money(_ status: JobStatus) -> String {
    let parts = [
      (status.held, "held"), (status.captured, "captured"), (status.released, "released"),
      (status.refunded, "refunded"),
    ].filter { $0.0 != .zero }.map { "\(Human.grouped($0.0.description)) \($0.1)" }
    return parts.isEmpty ? "none" : parts.joined(separator: ", ")
  }

  /// What a person may want to type next.
  private static func advice(_ status: JobStatus) -> [String] {
    switch status.state {
    case .parked: ["explain \(status.id)", "unpark \(status.id)"]
    case .uncertain, .overdue, .failed, .expired, .canceled: ["explain \(status.id)"]
    default: status.diagnoses.isEmpty ? [] : ["explain \(status.id)"]
    }
  }
}
