// Why the books cannot be opened, read or written; each with its exit code's meaning.

package import LMDB
package import Posix
import Wire

/// A failure of the home, the log or the views; never a refusal of a command.
package enum BooksError: Error, Equatable {
  /// No home here yet.
  case notInitialised(path: String)
  /// A home is here already.
  case alreadyInitialised(path: String)
  /// Written by a newer program.
  case newer(String)
  /// The place cannot hold a home, or this process cannot share it.
  case unsuitable(String)
  /// What was acknowledged is not there, or is not what was written.
  case damaged(String, position: Position?)
  /// What should be restored is no whole, unchanged backup.
  case badBackup(String)
  /// Nothing was written; room is missing.
  case full(String)
  /// A commit failed: what the disk holds is unknown until the books are opened again.
  case poisoned(String)
  /// Somebody else is at it; trying again helps.
  case busy(String)
  /// Not allowed to read or write here.
  case denied(String)
  case system(PosixError)
  case store(LMDBError)
  /// A bug of ours: a decision wrote what the fold refuses.
  case inconsistent(String)

  /// Sorts any error of the layers below.
  package init(_ error: any Error) {
    switch error {
    case let error as BooksError: self = error
    case let error as PosixError where error.isDenied: self = .denied(error.description)
    case let error as PosixError where error.isFull: self = .full(error.description)
    case let error as PosixError: self = .system(error)
    case let error as LMDBError where error.isFull: self = .full(error.description)
    case let error as LMDBError where error.isDamage:
      self = .damaged(error.description, position: nil)
    case let error as LMDBError where error.isDenied: self = .denied(error.description)
    case let error as LMDBError: self = .store(error)
    case RecordError.unknownType(let type, let version):
      self = .newer("it holds events of type \(type) version \(version)")
    case RecordError.body(let type, let error) where error.isNewer:
      self = .newer("\(type.name): \(error.reason)")
    case let error as RecordError: self = .damaged(error.description, position: nil)
    case let error as ViewError: self = .damaged(error.description, position: nil)
    case let error as JobError: self = .damaged(error.description, position: error.position)
    default: self = .inconsistent("\(error)")
    }
  }
}

extension BooksError {
  /// An event that must be there, and is not.
  static func missing(_ position: Position) -> BooksError {
    .damaged("this event is not there", position: position)
  }

  /// A refusal as it is, any other error as one of the books.
  static func sorted(_ error: any Error) -> any Error {
    error is Refusal ? error : BooksError(error)
  }

  /// The damage alone, with its position: as a finding among others.
  var finding: String {
    guard case .damaged(let what, let position) = self else { return description }
    return position.map { "position \($0): \(what)" } ?? what
  }
}

extension BooksError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notInitialised(let path): "there is no ledger in \(path) yet"
    case .alreadyInitialised(let path): "there is a ledger in \(path) already"
    case .newer(let what): "this home was written by a newer ledger: \(what)"
    case .unsuitable(let why): why
    case .damaged(let what, nil): "the home is damaged: \(what)"
    case .damaged(let what, let position?): "the home is damaged at position \(position): \(what)"
    case .badBackup(let what): "the backup cannot be restored: \(what)"
    case .full(let what): "no room to write: \(what); nothing was written and nothing is lost"
    case .busy(let what): what
    case .poisoned(let what): "a commit failed: \(what)"
    case .denied(let what): "not allowed: \(what)"
    case .system(let error): error.description
    case .store(let error): error.description
    case .inconsistent(let what): "internal error: \(what)"
    }
  }
}
