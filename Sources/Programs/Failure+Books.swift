// What a user of either program is told when the books refuse or fail: exit code, word, and what to
// type next (INTERFACES, "Exit codes").

package import CommandLine
package import Ledger

extension Failure {
  /// A command the books said no to.
  package init(_ refusal: Refusal) {
    let code: ExitCode =
      switch refusal.code {
      case .conflict: .conflict
      case .insufficientCredits: .insufficientCredits
      case .notFound: .notFound
      case .notAllowed: .notAllowed
      case .invalid: .usage
      case .configuration: .configuration
      }
    self.init(
      code, refusal.code.rawValue, refusal.message,
      next: refusal.next.isEmpty ? nil : refusal.next)
  }

  /// An error of the layers below the books, which names no bug; nil for any other.
  package init?(below error: any Error) {
    let sorted = BooksError(error)
    if case .inconsistent = sorted { return nil }
    self.init(sorted)
  }

  /// A failure of the home, the log or the views.
  package init(_ error: BooksError) {
    let words = error.description
    switch error {
    case .notInitialised: self.init(.configuration, "no_home", words, next: "ledger init")
    case .alreadyInitialised:
      self.init(.conflict, "conflict", words, next: "ledger status")
    case .newer: self.init(.configuration, "newer_home", words, next: "ledger --version")
    case .unsuitable:
      self.init(.configuration, "unsuitable_home", words, next: "ledger --home DIR init")
    case .badBackup: self.init(.damagedData, "bad_backup", words)
    case .damaged: self.init(.damagedData, "damaged", words, next: "ledger verify")
    case .full: self.init(.tryAgain, "full", words, next: "df -h")
    case .busy: self.init(.tryAgain, "busy", words)
    case .poisoned: self.init(.io, "io", words, next: "ledger verify")
    case .denied:
      self.init(.notAllowed, "denied", words, next: "ledger --home DIR ... (a place of your own)")
    case .system, .store: self.init(.io, "io", words, next: "ledger verify")
    case .inconsistent: self.init(.bug, "bug", words, next: "ledger verify")
    }
  }
}
