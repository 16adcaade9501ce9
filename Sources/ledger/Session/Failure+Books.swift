// Every error of the books and the profiles with its exit code, its word and what to type next
// (INTERFACES, "Exit codes").

import CommandLine
import Ledger
import Posix
import Providers

extension Failure {
  /// What a user is told of any error.
  init(_ error: any Error) {
    switch error {
    case let error as Failure: self = error
    case let error as Refusal: self.init(error)
    case let error as BooksError: self.init(error)
    case let error as ImportError: self.init(error)
    case let error as PosixError: self.init(BooksError(error))
    case let error as RegistryError: self.init(error)
    default: self = .unexpected(error)
    }
  }

  private init(_ refusal: Refusal) {
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

  private init(_ error: BooksError) {
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

  private init(_ error: RegistryError) {
    switch error {
    case .unknown:
      self.init(.usage, "unknown_provider", error.description, next: "ledger provider list")
    case .broken(let name, let problems):
      let first = problems.first.map { ": \($0)" } ?? ""
      self.init(
        .configuration, "broken_profile", "the profile of \(name) is broken\(first)",
        next: "ledger provider lint FILE")
    }
  }
}
