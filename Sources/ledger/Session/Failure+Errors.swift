// Every error that a command can end in, as a user is told of it.

import CommandLine
import Ledger
import Posix
import Programs
import Providers

extension Failure {
  /// What a user is told of any error.
  init(_ error: any Error) {
    switch error {
    case let error as Failure: self = error
    case let error as Refusal: self.init(error)
    case let error as BooksError: self.init(error)
    case let error as ImportError: self.init(error)
    case let error as InvoiceError: self.init(error)
    case let error as PosixError: self.init(BooksError(error))
    case let error as RegistryError: self.init(error)
    case let error as ConfigurationError:
      self.init(.configuration, "configuration", error.description)
    default: self = Failure(below: error) ?? .unexpected(error)
    }
  }

  init(_ error: RegistryError) {
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
