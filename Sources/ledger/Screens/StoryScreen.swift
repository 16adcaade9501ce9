// A job's story for a person: saw, happened, money, each diagnosis with its proof, what to do.

import CommandLine
import Ledger
import Wire

extension Screen {
  mutating func story(_ story: ToldStory, _ session: Session) {
    let (told, status) = (story.explanation, story.status)
    let names = [status.account, status.provider, status.model].compactMap { $0 }
    let about = "  " + Escaping.terminal(names.joined(separator: ", "))
    let start = style.bold(status.id) + "  " + style(Screen.tone(status.state), status.state.name)
    let taken = DisplayWidth.columns(of: status.id + status.state.name) + 2
    line(
      start + (columns - taken > 8 ? DisplayWidth.truncate(about, columns: columns - taken) : ""))
    field("saw", told.saw)
    field("happened", told.happened)
    field("money", told.money)
    field("waiting", told.waitingFor, Screen.tone(status.state))
    for diagnosis in told.diagnoses {
      field("diagnosis", "\(diagnosis.code) (\(diagnosis.certainty.rawValue))", .attention)
      field("", diagnosis.what)
      proof(diagnosis, story)
      if let next = diagnosis.next { command("do", next, session) }
    }
    let isSaid = told.diagnoses.contains { $0.next == told.next }
    if let next = told.next, !isSaid { command("do", next, session) }
    guard told.next == nil, told.diagnoses.allSatisfy({ $0.next == nil }) else { return }
    if status.state.isTerminal || session.home.isPollerActive {
      field("do", "nothing")
    } else {
      field("do", command: session.command("poll"))
    }
  }

  /// Lines of `ledger events JOB` that prove a diagnosis.
  private mutating func proof(_ diagnosis: Diagnosis, _ story: ToldStory) {
    var lines = EventLines(columns: columns - 2, style: style, showsSubject: false)
    for position in diagnosis.evidence {
      guard let (event, words) = story.proof[position] else { continue }
      for text in lines.lines(event, subject: "", words: words) { line("  " + text) }
    }
  }

  /// A command to copy, with `--home` where the user gave one; a sentence as it is.
  private mutating func command(_ label: String, _ text: String, _ session: Session) {
    guard text.hasPrefix("ledger ") else { return field(label, text) }
    field(label, command: session.command(String(text.dropFirst("ledger ".count))))
  }
}
