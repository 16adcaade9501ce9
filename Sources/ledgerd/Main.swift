// The program that talks to the world. `ledger` becomes it for these commands, so its users know it
// by that name.

import CommandLine

@main enum Main {
  static func main() {
    Signals.block()
    table.main(Array(Swift.CommandLine.arguments.dropFirst()), explain: Failure.init)
  }

  static var table: CommandTable {
    CommandTable(
      program: "ledger", version: Product.version, summary: Product.summary,
      [
        entry("poll", .poll, PollCommand.run),
        entry("serve", .serve, ServeCommand.run),
        entry("reach", .reach, ReachCommand.run),
        entry("simulate", .simulate, SimulateCommand.run),
      ])
  }

  private static func entry(
    _ name: String, _ declaration: @autoclosure @escaping @Sendable () -> Command,
    _ run: @escaping (Surroundings, Arguments) throws -> ExitCode
  ) -> CommandTable.Entry {
    CommandTable.Entry(name, declaration()) { try run(Surroundings($0, $1), $0) }
  }
}
