// Errors with their exit codes and what to type next (INTERFACES, "Exit codes").

import CommandLine
import Ledger
import Poller
import Posix
import Simulator

extension Failure {
  init(_ error: any Error) {
    switch error {
    case let error as Failure: self = error
    case let error as BooksError: self.init(error)
    case let error as PosixError: self.init(BooksError(error))
    case let error as PollerError: self.init(error)
    case let error as SimulatorError: self.init(error)
    default: self = .unexpected(error)
    }
  }

  private init(_ error: BooksError) {
    let words = error.description
    switch error {
    case .notInitialised: self.init(.configuration, "no_home", words, next: "ledger init")
    case .alreadyInitialised: self.init(.conflict, "conflict", words, next: "ledger status")
    case .newer: self.init(.configuration, "newer_home", words, next: "ledger --version")
    case .unsuitable: self.init(.configuration, "unsuitable_home", words)
    case .badBackup: self.init(.damagedData, "bad_backup", words)
    case .damaged: self.init(.damagedData, "damaged", words, next: "ledger verify")
    case .full: self.init(.tryAgain, "full", words, next: "df -h")
    case .busy: self.init(.tryAgain, "busy", words)
    case .denied: self.init(.notAllowed, "denied", words)
    case .poisoned, .system, .store: self.init(.io, "io", words, next: "ledger verify")
    case .inconsistent: self.init(.bug, "bug", words, next: "ledger verify")
    }
  }

  private init(_ error: PollerError) {
    switch error {
    case .active:
      self.init(
        .tryAgain, "poller_active", "another poller is active on this home",
        next: "ledger status --summary")
    case .network(let why): self.init(.unreachable, "network", why)
    }
  }

  private init(_ error: SimulatorError) {
    switch error {
    case .portTaken, .cannotListen:
      self.init(.unreachable, "port", error.description, next: "ledger simulate --port 0")
    case .portOutOfRange, .badRecording:
      self = .usage(error.description, next: "ledger simulate --help")
    case .badOption(let part, let reason, _):
      self = .usage("\"\(part)\": \(reason)", next: "ledger simulate --help")
    }
  }
}
