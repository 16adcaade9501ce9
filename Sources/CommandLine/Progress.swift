// How far a long command is: one line drawn again on a terminal, else a plain line every 10 s.

/// Progress on standard error; silent with `--quiet` and `--json`.
package struct Progress {
  /// Between plain lines where there is no terminal, seconds.
  static let plainIntervalSeconds = 10.0
  /// Between drawings on a terminal, seconds.
  static let drawIntervalSeconds = 0.1
  static let barColumns = 20

  private let label: String
  private let output: Output
  private let clock: () -> Double
  private var dueSeconds: Double

  /// - Parameters:
  ///   - label: what is going on, e.g. `replaying`.
  ///   - clock: seconds that never go back.
  package init(
    _ label: String, output: Output, clock: @escaping () -> Double = { Terminal.monotonicSeconds }
  ) {
    self.label = label
    self.output = output
    self.clock = clock
    dueSeconds = clock() + (output.settings.errorIsTerminal ? 0 : Progress.plainIntervalSeconds)
  }

  /// Shows `done`, of `total` where that is known, when it is time to.
  package mutating func update(_ done: Int, of total: Int? = nil, _ detail: String = "") {
    guard !output.settings.isQuiet, !output.settings.isJSON else { return }
    let now = clock()
    guard now >= dueSeconds else { return }
    let isTerminal = output.settings.errorIsTerminal
    dueSeconds = now + (isTerminal ? Progress.drawIntervalSeconds : Progress.plainIntervalSeconds)
    let text = text(done, total, detail, bar: isTerminal)
    if isTerminal { output.progress(text) } else { output.note(text) }
  }

  /// Removes the line from a terminal.
  package func finish() { output.progress(nil) }

  private func text(_ done: Int, _ total: Int?, _ detail: String, bar: Bool) -> String {
    var parts = [label]
    if let total, total > 0 {
      let share = min(max(Double(done) / Double(total), 0), 1)
      if bar {
        let filled = Int(share * Double(Progress.barColumns))
        let empty = Progress.barColumns - filled
        parts.append(
          "[\(String(repeating: "#", count: filled))\(String(repeating: "-", count: empty))]")
      }
      parts.append("\(Int(share * 100)) %, \(Human.count(done)) of \(Human.count(total))")
    } else {
      parts.append(Human.count(done))
    }
    if !detail.isEmpty { parts.append(detail) }
    return parts.joined(separator: " ")
  }
}
