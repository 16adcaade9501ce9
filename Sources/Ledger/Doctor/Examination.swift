// Looks at a home from outside in: the place, the two files, then the books. What a later part
// needs and an earlier one found broken is left out. Run in a child process: a damaged file can
// kill its reader.

import Glibc
import LMDB
import Posix
package import Wire

/// One examination of a home.
package struct Examination {
  let home: Home
  let now: Timestamp
  let report: (HealthFinding) -> Void
  /// Where tokens may be, besides files.
  let environment: @Sendable (String) -> String?

  /// - Parameter report: called with each finding.
  package init(
    _ home: Home, now: Timestamp, environment: @escaping @Sendable (String) -> String?,
    report: @escaping (HealthFinding) -> Void
  ) {
    self.home = home
    self.now = now
    self.environment = environment
    self.report = report
  }

  /// Reports everything that needs no profile.
  /// - Returns: the books, for who goes on; nil when they cannot be opened.
  @available(*, noasync)
  package func run() -> Books? {
    for finding in place() { report(finding) }
    // Before the books are opened: that frees forgotten slots and builds missing views.
    part("log") { try files() }
    var books: Books?
    part("log") {
      let opened = try Books(home)
      try self.books(opened)
      books = opened
    }
    return books
  }

  /// A part that fails is a finding itself.
  private func part(_ name: String, _ body: () throws -> Void) {
    do {
      try body()
    } catch {
      report(Examination.finding(name, error))
    }
  }

  /// What keeps a part from being looked at.
  package static func finding(_ name: String, _ error: any Error) -> HealthFinding {
    switch error {
    case let error as ConfigurationError:
      return HealthFinding("configuration", .bad, error.description, do: "ledger hook list")
    case let error as SecretError:
      return HealthFinding(name, .bad, error.description, do: "ls -l HOME/secrets")
    default: break
    }
    let error = BooksError(error)
    return switch error {
    case .unsuitable(let why): HealthFinding("home", .bad, why, do: "ledger serve --poll")
    case .newer: HealthFinding("home", .bad, error.description, do: "ledger --version")
    case .denied: HealthFinding("home", .bad, error.description, do: "ls -l HOME")
    case .busy: HealthFinding(name, .warn, error.description, do: "ledger doctor")
    case .full: HealthFinding("disk", .bad, error.description, do: "df -h")
    default: HealthFinding(name, .bad, error.description, do: "ledger verify")
    }
  }
}
