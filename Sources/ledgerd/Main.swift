// The program that talks to the world. `ledger` becomes it for these commands, so its users know it
// by that name.

import CommandLine
import Glibc

@main enum Main {
  static let version = "0.1.0"

  static func main() {
    // A file-size limit is then an error of write(2) like a full disk (setrlimit(2)).
    _ = signal(SIGXFSZ, SIG_IGN)
    Signals.block()
    table.main(
      Array(Swift.CommandLine.arguments.dropFirst()),
      open: Surroundings.init, explain: Failure.init)
  }

  static var table: CommandTable<Surroundings> {
    CommandTable(
      program: "ledger", version: version,
      summary: "flight recorder and cash box of long-running AI generation jobs",
      [
        .init("poll", .poll, PollCommand.run),
        .init("simulate", .simulate, SimulateCommand.run),
      ])
  }
}
