// The program that keeps the books: every command that needs no network.

import CommandLine

@main enum Main {
  static func main() {
    Commands.table.main(
      Array(Swift.CommandLine.arguments.dropFirst()), explain: Failure.init)
  }
}
