// A job's time axis for a person: how long after the beginning, what, and where it was silent.

import CommandLine
import Ledger
import Wire

extension Screen {
  mutating func timeline(_ timeline: Timeline, _ status: JobStatus, head: Position) {
    line(
      style.bold(status.id) + "  " + style(Screen.tone(status.state), status.state.name)
        + "  " + Escaping.terminal(status.account) + "  " + Escaping.terminal(status.provider))
    guard let begin = timeline.rows.first?.at else { return }
    line(style.dim("\(Screen.clock(begin)) UTC"))
    for row in timeline.rows {
      if let gap = row.gapSeconds {
        axis("", "", "· · ·  \(Human.duration(.milliseconds(Int64(gap * 1000)))) of silence", .dim)
      }
      let range = row.first == row.last ? "\(row.first)" : "\(row.first)–\(row.last)"
      axis("+" + Screen.length(row.at, since: begin), range, Screen.words(row), Screen.tone(row))
    }
    if let waiting = status.waitingFor { axis("now", "", "waiting: \(waiting)", .waiting) }
    field("head", "\(head)")
  }

  /// A row; what is said wraps beneath itself.
  private mutating func axis(
    _ when: String, _ range: String, _ words: String, _ tone: Style.Tone?
  ) {
    let margin = EventLines.pad(when, 12, right: true) + "  " + EventLines.pad(range, 11) + "  "
    let start = String(words.unicodeScalars.prefix(1000))
    let parts = Wrap.lines(Escaping.terminal(start), columns: max(20, columns - 27))
    for (index, part) in parts.enumerated() {
      line((index == 0 ? margin : String(repeating: " ", count: 27)) + style(tone, part))
    }
  }

  private static func words(_ row: TimelineRow) -> String {
    let name = row.type.name.split(separator: ".").last.map(String.init) ?? row.type.name
    let type = name.split(separator: "_").joined(separator: " ")
    let progress =
      row.progress.isEmpty ? "" : "; progress \(row.progress.joined(separator: " → "))"
    let words = row.words.isEmpty ? "" : ": \(row.words)"
    guard row.count > 1 else { return type + words + progress }
    let length = length(row.until, since: row.at)
    return "\(type) \(Human.count(row.count)) times in \(length)\(words)\(progress)"
  }

  private static func length(_ time: Timestamp, since begin: Timestamp) -> String {
    Human.duration(.microseconds(time.microseconds - begin.microseconds))
  }

  private static func tone(_ row: TimelineRow) -> Style.Tone? {
    switch row.type {
    case .jobSucceeded, .jobRecovered, .creditCaptured: .good
    case .jobFailed, .jobExpired: .bad
    case .jobDispatchUncertain, .jobParked, .jobOverdue, .jobDispatchRefused: .attention
    default: nil
    }
  }
}
