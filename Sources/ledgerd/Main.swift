// The program that talks to the world. `ledger` becomes it for these commands, so its users know it
// by that name.

import CommandLine

@main enum Main {
  static func main() {
    Signals.block()
    table.main(
      Array(Swift.CommandLine.arguments.dropFirst()),
      open: Surroundings.init, explain: Failure.init)
  }

  static var table: CommandTable<Surroundings> {
    CommandTable(
      program: "ledger", version: Product.version, summary: Product.summary,
      [
        .init("poll", .poll, PollCommand.run),
        .init("serve", .serve, ServeCommand.run),
        .init("reach", .reach, ReachCommand.run),
        .init("simulate", .simulate, SimulateCommand.run),
      ])
  }
}
