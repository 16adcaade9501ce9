// What the network's commands work with: where the books are, and where to write.

import CommandLine
import Ledger

struct Surroundings {
  let output: Output
  private let givenHome: String?
  private let by: String

  init(_ arguments: Arguments, _ output: Output) {
    self.output = output
    givenHome = arguments.string("home")
    by = arguments.string("by") ?? Terminal.loginName
  }

  /// The books; made when there are none, for a poller may be started before the first job.
  func books() throws -> Books {
    let home = Home(try path())
    if !home.isInitialised {
      do {
        try Books.create(home, program: Main.version, by: by)
        output.note("created a ledger in \(home.path)")
      } catch BooksError.alreadyInitialised {
        // Somebody else was quicker: theirs serves as well.
      }
    }
    return try Books(home)
  }

  /// `--home`, else `$LEDGER_HOME`, `$XDG_DATA_HOME/ledger`, `~/.local/share/ledger` (INTERFACES).
  private func path() throws(Failure) -> String {
    if let path = givenHome ?? Terminal.environment("LEDGER_HOME") { return path }
    if let data = Terminal.environment("XDG_DATA_HOME"), data.hasPrefix("/") {
      return data + "/ledger"
    }
    if let user = Terminal.environment("HOME") { return user + "/.local/share/ledger" }
    throw Failure(
      .configuration, "no_home", "neither --home nor $LEDGER_HOME nor $HOME says where to look",
      next: "ledger --home DIR poll")
  }
}
