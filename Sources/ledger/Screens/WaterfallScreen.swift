// A job's waterfall in letters: a lane for each kind of work over one axis of time. It reads
// without colour: ━ work, ┄ still going, ░ silence, | a moment, ! a moment of trouble.

import CommandLine
import Ledger
import Wire

extension Screen {
  /// Columns left and right of the track.
  private static let nameColumns = 12
  private static let wordsColumns = 24

  /// - Parameter end: where the axis ends.
  mutating func waterfall(_ waterfall: Waterfall, until end: Timestamp) {
    guard let begin = waterfall.begin else { return }
    let width = max(16, columns - Screen.nameColumns - Screen.wordsColumns - 2)
    // A job of no length is drawn as one of a second: a bar must lie somewhere.
    let track = TimeTrack(
      begin: begin, seconds: max(1, end.seconds(since: begin)), columns: width)
    line(String(repeating: " ", count: Screen.nameColumns) + style.dim(track.axis))
    let lanes = waterfall.lanes(until: end) { Human.duration(.milliseconds(Int64($0 * 1000))) }
    for lane in lanes {
      let words = DisplayWidth.truncate(lane.words, columns: Screen.wordsColumns)
      let text =
        "  " + EventLines.pad(lane.kind.rawValue, Screen.nameColumns - 2) + track.drawn(lane)
        + "  " + words
      line(text.last == " " ? String(text.reversed().drop { $0 == " " }.reversed()) : text)
    }
    if let legend = Screen.legend(lanes) { line("  " + style.dim(legend)) }
  }

  /// What needs saying about the letters used; nil when nothing does.
  private static func legend(_ lanes: [Lane]) -> String? {
    let kinds = Set(lanes.flatMap(\.bars).map(\.kind))
    let parts = [
      kinds.contains(.going) ? "┄ not at its end yet" : nil,
      kinds.contains(.silence) ? "░ silence" : nil,
      lanes.contains { $0.ticks.contains(where: \.isTrouble) } ? "! trouble" : nil,
    ].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: "   ")
  }
}
