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
    let home = Home(try HomePath.resolve(given: givenHome))
    DamageHandler.install(home: home.path, isJSON: output.settings.isJSON)
    if !home.isInitialised {
      do {
        try Books.create(home, program: Product.version, by: by)
        output.note("created a ledger in \(home.path)")
      } catch BooksError.alreadyInitialised {
        // Somebody else was quicker: theirs serves as well.
      }
    }
    return try Books(home)
  }
}
