// Errors with their exit codes and what to type next (INTERFACES, "Exit codes").

import CommandLine
import Ledger
import Poller
import Posix
import Programs
import Server
import Simulator

extension Failure {
  init(_ error: any Error) {
    switch error {
    case let error as Failure: self = error
    case let error as BooksError: self.init(error)
    case let error as PosixError: self.init(BooksError(error))
    case let error as PollerError: self.init(error)
    case let error as SimulatorError: self.init(error)
    case let error as ServerError: self.init(error)
    default: self = Failure(below: error) ?? .unexpected(error)
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

  private init(_ error: ServerError) {
    switch error {
    case .listen(let why):
      self.init(.unreachable, "port", why, next: "ledger serve --listen 127.0.0.1:0")
    case .open:
      self.init(.configuration, "open", error.description, next: "ledger token create NAME")
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
