// ledger simulate --incident: which there are, and what to type for one.

import CommandLine
import Posix
import Simulator
import Wire

extension SimulateCommand {
  private static let columns = 80

  /// One line for each incident.
  static func list(_ output: Output) -> ExitCode {
    let width = Incident.all.map(\.code.count).max() ?? 0
    for incident in Incident.all {
      guard !output.settings.isJSON else {
        output.json([
          "code": .string(incident.code), "about": .string(incident.about),
          "provider": .string(incident.provider),
        ])
        continue
      }
      let gap = String(repeating: " ", count: width - incident.code.count)
      output.line("\(incident.code)\(gap)  \(incident.about)")
    }
    return .ok
  }

  /// The world of an incident, with a fresh directory for its books.
  static func incident(_ code: String) throws -> SimulatorOptions {
    guard let incident = Incident.named(code) else {
      let near = Suggest.nearest(to: code, among: Incident.all.map { $0.code.lowercased() })
      throw Failure.usage(
        "--incident: none is called \(code)",
        next: "ledger simulate --incident \(near?.uppercased() ?? "list")")
    }
    var options = incident.options
    options.incident = IncidentChoice(
      incident,
      directory: try FileSystem.makeTemporaryDirectory(prefix: "/tmp/ledger-incident-"))
    return options
  }

  /// The story and the commands, on stderr: stdout is for data.
  static func tell(_ play: IncidentPlay, _ output: Output) {
    for line in play.text(columns: columns) {
      switch line {
      case .sentence(let text):
        for part in Wrap.lines(text, columns: columns) { output.note(part) }
      case .command(let text): output.note(text)
      }
    }
  }
}
