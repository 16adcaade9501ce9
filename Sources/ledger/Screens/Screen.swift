// A screen for people: lines put together first, so that the same screen can be printed once or
// drawn again and again.

import CommandLine
import Ledger
import Wire

/// Lines in the making, all of the screen's width unless something must be copied whole.
struct Screen {
  let columns: Int
  let style: Style
  let now: Timestamp
  private(set) var lines: [String] = []

  init(_ output: Output, now: Timestamp) {
    columns = output.settings.columns
    style = output.style
    self.now = now
  }

  /// Width of a field's label, columns.
  private static let labelColumns = 12

  mutating func line(_ text: String) { lines.append(text) }

  mutating func blank() { lines.append("") }

  mutating func table(_ table: TextTable) { lines += table.lines(width: columns, style: style) }

  /// A sentence, wrapped.
  mutating func sentence(_ text: String, _ tone: Style.Tone? = nil) {
    for line in Wrap.lines(Escaping.terminal(text), columns: columns, hanging: "  ") {
      lines.append(style(tone, line))
    }
  }

  /// Pieces that are parted only between one another.
  mutating func wrap(_ pieces: [String]) {
    lines += Wrap.lines(pieces, columns: columns, hanging: "  ")
  }

  /// A command to type.
  mutating func next(_ command: String) { self.command("  try: ", command) }

  /// A command behind a label, whole enough to copy: broken only before an option, with the
  /// backslash that makes a shell go on.
  mutating func command(_ label: String, _ command: String) {
    let room = max(20, columns - DisplayWidth.columns(of: label))
    let broken = ShellText.lines(
      ShellLine.parts(Escaping.terminal(command)), columns: room, width: DisplayWidth.columns(of:))
    let indent = String(repeating: " ", count: DisplayWidth.columns(of: label))
    for (index, text) in broken.enumerated() { lines.append((index == 0 ? label : indent) + text) }
  }

  /// A label and its value, wrapped beside it; nothing when there is none.
  mutating func field(_ label: String, _ value: String?, _ tone: Style.Tone? = nil) {
    guard let value, !value.isEmpty else { return }
    let room = max(20, columns - Screen.labelColumns - 2)
    let start = String(value.unicodeScalars.prefix(Screen.valueScalarsMax))
    for (index, part) in Wrap.lines(Escaping.terminal(start), columns: room).enumerated() {
      append(index == 0 ? label : "", style(tone, part))
    }
  }

  /// A label and a value to copy, such as a URL: never broken, however long.
  mutating func whole(_ label: String, _ value: String) {
    append(label, Escaping.terminal(value))
  }

  /// A label and a command to copy.
  mutating func field(_ label: String, command: String) {
    self.command("  " + EventLines.pad(label, Screen.labelColumns), command)
  }

  private mutating func append(_ label: String, _ value: String) {
    let space = String(repeating: " ", count: max(1, Screen.labelColumns - label.count))
    lines.append("  \(style.dim(label))\(space)\(value)")
  }

  /// Longest text of a provider that a screen shows, Unicode scalars.
  private static let valueScalarsMax = 2000

  /// `2026-11-21 09:30:00 (3 min ago)`.
  func moment(_ time: Timestamp?) -> String? {
    time.map { "\(Screen.clock($0)) (\(Human.relative($0, now: now)))" }
  }

  /// `2026-11-21 09:30:00`, UTC.
  static func clock(_ time: Timestamp) -> String {
    let text = time.description.prefix { $0 != "." }
    return String(text.map { $0 == "T" ? " " : $0 })
  }

  /// `38 %`, `place 4`; nil when nothing is known.
  static func progress(_ status: JobStatus) -> String? {
    if let fraction = status.fraction { return "\(fraction / 10_000) %" }
    return status.queuePlace.map { "place \($0)" }
  }

  static func tone(_ state: JobState) -> Style.Tone? {
    switch state {
    case .succeeded: .good
    case .failed, .expired: .bad
    case .canceled: .dim
    case .overdue, .uncertain, .parked: .attention
    default: .waiting
    }
  }
}
