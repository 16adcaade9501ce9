// A job's time axis for a person: the lanes as a drawing, then each event, how long after the
// beginning it was, and where it was silent.

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
    let newest = timeline.waterfall.newest ?? begin
    waterfall(timeline.waterfall, until: status.waitingFor == nil ? newest : max(newest, now))
    blank()
    let width = timeline.rows.map { Screen.range($0).count }.max() ?? 0
    for row in timeline.rows {
      if let gap = row.gapSeconds {
        let length = Human.duration(.milliseconds(Int64(gap * 1000)))
        axis("", EventLines.pad("", width), nil, "· · ·  \(length) of silence", .dim)
      }
      axis(
        "+" + Screen.offset(row.at, since: begin), EventLines.pad(Screen.range(row), width),
        row.lane, Screen.words(row), Screen.tone(row))
    }
    if let waiting = status.waitingFor {
      axis("now", EventLines.pad("", width), nil, "waiting: \(waiting)", .waiting)
    }
    field("head", "\(head)")
  }

  /// `19`, or of several polls that said the same `19–20`.
  private static func range(_ row: TimelineRow) -> String {
    row.first == row.last ? "\(row.first)" : "\(row.first)–\(row.last)"
  }

  /// A row; what is said wraps beneath itself.
  private mutating func axis(
    _ when: String, _ range: String, _ lane: LaneKind?, _ words: String, _ tone: Style.Tone?
  ) {
    let margin =
      EventLines.pad(when, 12, right: true) + "  " + range + "  "
      + EventLines.pad(lane?.rawValue ?? "", 8) + "  "
    let indent = DisplayWidth.columns(of: margin)
    let start = String(words.unicodeScalars.prefix(1000))
    let parts = Wrap.lines(Escaping.terminal(start), columns: max(20, columns - indent))
    for (index, part) in parts.enumerated() {
      line((index == 0 ? margin : String(repeating: " ", count: indent)) + style(tone, part))
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

  /// From the beginning: to a tenth of a second while that tells events apart.
  private static func offset(_ time: Timestamp, since begin: Timestamp) -> String {
    let tenths = (time.microseconds - begin.microseconds) / 100_000
    guard (10..<600).contains(tenths) else { return length(time, since: begin) }
    return "\(tenths / 10).\(tenths % 10) s"
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
