// A stretch of time over the columns of a screen: where a moment lies, and the marks of its axis.

import CommandLine
import Ledger
import Wire

/// A stretch of time over a number of columns.
struct TimeTrack {
  let begin: Timestamp
  let seconds: Double
  let columns: Int

  /// The column of a moment; what lies outside belongs to the nearest end.
  func column(_ at: Timestamp) -> Int {
    let share = at.seconds(since: begin) / seconds
    return min(columns - 1, max(0, Int(share * Double(columns))))
  }

  /// One lane's letters, `columns` of them.
  func drawn(_ lane: Lane) -> String {
    var letters = [Character](repeating: " ", count: columns)
    for bar in lane.bars {
      let letter: Character =
        switch bar.kind {
        case .work: "━"
        case .going: "┄"
        case .silence: "░"
        }
      let from = column(bar.from)
      for index in from...max(from, column(bar.to)) { letters[index] = letter }
    }
    // Trouble last: of several moments in one column it is what must be seen.
    for tick in lane.ticks.filter({ !$0.isTrouble }) { letters[column(tick.at)] = "|" }
    for tick in lane.ticks.filter(\.isTrouble) { letters[column(tick.at)] = "!" }
    return String(letters)
  }

  /// Round distances, seconds.
  private static let steps: [Double] = [
    0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200,
    86_400, 172_800, 604_800,
  ]

  /// `0       20 s      40 s`: three to six marks, where there is room.
  var axis: String {
    let step = TimeTrack.steps.first { seconds / $0 <= 5 } ?? seconds / 4
    var text = "0"
    var at = step
    while at <= seconds * 0.95 {
      let tenths = Int((at * 10).rounded())
      let label =
        step < 1 && tenths % 10 != 0
        ? "\(tenths / 10).\(tenths % 10) s" : Human.duration(.milliseconds(Int64(at * 1000 + 0.5)))
      let place = Int(at / seconds * Double(columns))
      if place > text.count, place + label.count <= columns {
        text += String(repeating: " ", count: place - text.count) + label
      }
      at += step
    }
    return text
  }
}
