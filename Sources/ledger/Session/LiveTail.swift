// What providers say while a command follows: lines from HOME/LIVE, shown once. They are no events:
// they have no position, and nobody sees them again.

import CommandLine
import Ledger
import Wire

/// Follows the live lines of some jobs.
struct LiveTail {
  /// Lines that a drawn screen shows.
  static let recentMax = 8

  private let session: Session
  private let reader: LiveReader
  private let wanted: (String) throws -> Bool
  private let draws: Bool
  /// The newest lines, for a screen that is drawn again and again.
  private(set) var recent: [LiveLine] = []

  private init(_ session: Session, draws: Bool, _ wanted: @escaping (String) throws -> Bool) {
    self.session = session
    self.draws = draws
    self.wanted = wanted
    reader = LiveReader(session.home)
  }

  /// Those of one job.
  init(_ session: Session, job: String) {
    let settings = session.output.settings
    self.init(session, draws: settings.outputIsTerminal && !settings.isJSON) { $0 == job }
  }

  /// Those of the jobs that events are shown of; none where only some types are wanted.
  init?(_ session: Session, _ filter: EventFilter) {
    guard filter.types.isEmpty else { return nil }
    self.init(session, draws: false) { id in
      if let job = filter.job { return id == job }
      return try session.read { snapshot in
        guard let number = try snapshot.jobNumber(id) else { return false }
        return try snapshot.means(filter.selector, number)
      }
    }
  }

  /// Shows what came since the last time; one JSON object a line, or dimmed text.
  mutating func show() {
    let lines = reader.next().filter { (try? wanted($0.job)) ?? false }
    guard !lines.isEmpty else { return }
    recent = (recent + lines).suffix(LiveTail.recentMax)
    guard !draws else { return }
    for line in lines {
      if session.output.settings.isJSON {
        session.output.json(line.json)
      } else {
        session.output.line(session.output.style.dim(LiveTail.text(line)))
      }
    }
    session.output.flush()
  }

  /// `~ job  log  text`, escaped: it is a stranger's.
  static func text(_ line: LiveLine) -> String {
    "~ \(line.job)  \(line.kind.rawValue)  \(Escaping.terminal(line.text))"
  }
}

extension Screen {
  /// The newest live lines under a job.
  mutating func live(_ lines: [LiveLine]) {
    guard !lines.isEmpty else { return }
    blank()
    for text in lines { line(style.dim(LiveTail.text(text))) }
  }
}
