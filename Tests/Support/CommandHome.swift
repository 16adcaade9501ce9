// A place for books that is gone when the test is.

import Posix
package import Wire

/// A fresh directory with room for a home, and the programs run in it.
package final class CommandHome: Sendable {
  /// Holds the home and whatever else a test puts beside it.
  package let directory: String
  /// The home itself; nothing creates it but a command.
  package let path: String

  package init() throws {
    directory = try FileSystem.makeTemporaryDirectory(prefix: "/tmp/ledger-test-")
    path = directory + "/books"
  }

  deinit { try? FileSystem.removeTree(directory) }

  /// What a command sees of the world.
  package var environment: [String: String] {
    ["PATH": "/usr/bin:/bin", "HOME": directory, "LEDGER_HOME": path, "USER": "tester"]
  }

  /// Runs `ledger` in this home.
  package func ledger(_ words: String..., input: String = "") throws -> BinaryResult {
    try Binary.ledger.run(words, environment: environment, input: input)
  }

  /// Runs `ledger --json` and reads its lines.
  package func json(_ words: String...) throws -> [JSON] {
    let result = try Binary.ledger.run(["--json"] + words, environment: environment)
    return try result.lines.map { try JSON(parsing: $0) }
  }

  /// Writes a file beside the home.
  /// - Returns: its path.
  package func file(_ name: String, _ text: String) throws -> String {
    let path = directory + "/" + name
    try FileSystem.replace(path, with: Array(text.utf8))
    return path
  }
}
