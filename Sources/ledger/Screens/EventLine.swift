// The log for a person: one line per event, a date where the day begins.

import CommandLine
import Ledger
import Wire

/// Makes the lines of the `events` screen.
struct EventLines {
  private let columns: Int
  private let style: Style
  /// False where all events are about one job.
  private let showsSubject: Bool
  private var day = ""

  init(_ output: Output, showsSubject: Bool) {
    self.init(
      columns: output.settings.columns, style: output.style, showsSubject: showsSubject)
  }

  init(columns: Int, style: Style, showsSubject: Bool) {
    self.columns = columns
    self.style = style
    self.showsSubject = showsSubject
  }

  /// The line of an event, and before it the date when it is another one than the line before.
  mutating func lines(
    _ event: RecordedEvent, subject: String, words: String
  ) -> [String] {
    let text = event.time.description
    let date = String(text.prefix(10))
    let clock = text.dropFirst(11).prefix(8)
    var lines: [String] = []
    if date != day { lines.append(style.dim("\(date) UTC")) }
    day = date
    let start = String(words.unicodeScalars.prefix(2 * columns))
    let type = event.event.type.name
    let place = "\(EventLines.pad("\(event.position)", 6, right: true))  \(clock)  "
    let about = showsSubject ? EventLines.pad(Escaping.terminal(subject), 12) + "  " : ""
    let line = place + about + EventLines.pad(type, 20) + "  " + Escaping.terminal(start)
    lines.append(DisplayWidth.truncate(line, columns: columns))
    return lines
  }

  static func pad(_ text: String, _ columns: Int, right: Bool = false) -> String {
    let shown = text.utf8.count > columns ? DisplayWidth.truncate(text, columns: columns) : text
    let space = String(
      repeating: " ", count: max(0, columns - DisplayWidth.columns(of: shown)))
    return right ? space + shown : shown + space
  }
}
