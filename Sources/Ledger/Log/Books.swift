// The open home: its log, its views, its witness. Every command and every daemon goes through this.

import Glibc
import LMDB
import Posix
package import Wire

/// An open ledger.
///
/// `@unchecked Sendable`: the environments may be used by every thread; what changes after `init`
/// (`generation`, `head`, `isPoisoned`) is touched only under `gate`.
package final class Books: @unchecked Sendable {
  package let home: Home
  let log: Log
  private let users: File
  let lock: File
  /// One append or catch-up at a time within this process; LOCK does the same between processes.
  let gate = Gate()
  var generation: Generation
  var head: Head
  /// Set by a failed commit: nothing is acknowledged any more.
  var poison: String?
  /// For tests: called between the commits of an append. Throwing is what a crash or a failed
  /// commit at that point looks like to whoever opens the home next.
  var interruption: (@Sendable (CommitStage) throws -> Void)?
  package let meta: LogMeta
  /// The wall clock; tests set their own.
  let clock: @Sendable () -> Timestamp

  /// Opens a home.
  /// - Throws: `BooksError`.
  package init(
    _ home: Home,
    clock: @escaping @Sendable () -> Timestamp = {
      Timestamp(microseconds: Clock.wallMicroseconds())
    }
  ) throws(BooksError) {
    do {
      guard home.isInitialised else {
        if let mark = try Books.witness(home), mark.position > 1 {
          throw BooksError.damaged(
            "the log is gone, and HEAD knows of events up to \(mark.position)", position: nil)
        }
        throw BooksError.notInitialised(path: home.path)
      }
      try home.prepare()
      users = try home.join()
      lock = try File(home.lock, O_RDWR | O_CREAT)
      // The witness is read before the log: a commit in between only makes the log longer.
      head = try Head(home.head)
      let mark = try head.mark()
      log = try Log(home.log)
      self.home = home
      self.clock = clock
      let snapshot = try log.read()
      meta = try Books.check(snapshot, against: mark)
      generation = try Books.openViews(home, log, lock)
    } catch {
      throw BooksError(error)
    }
  }

  /// Closes the home; what HEAD says becomes durable.
  deinit { try? head.flush() }

  private static func witness(_ home: Home) throws -> HeadMark? {
    guard FileSystem.exists(home.head) else { return nil }
    return try Head(home.head).mark()
  }

  /// What was acknowledged must be there.
  static func check(
    _ snapshot: borrowing LogSnapshot<ReadTransaction>, against mark: HeadMark?
  ) throws -> LogMeta {
    let meta = try snapshot.meta()
    guard meta.format <= LogMeta.currentFormat, meta.minimumWriter <= LogMeta.currentFormat else {
      throw BooksError.newer("record format \(meta.format)")
    }
    guard let mark else {
      throw BooksError.damaged("HEAD, the log's witness, is missing or unreadable", position: nil)
    }
    guard mark.ledgerID == meta.ledgerID, mark.incarnation == meta.incarnation else {
      throw BooksError.damaged("HEAD belongs to another log", position: nil)
    }
    guard let hash = try snapshot.hash(at: mark.position) else {
      throw BooksError.damaged(
        "acknowledged events are missing: HEAD knows of \(mark.position), the log ends at "
          + "\(try snapshot.end().position)", position: nil)
    }
    guard hash == mark.hash else {
      throw BooksError.damaged(
        "the chain hash is not the one HEAD saw", position: mark.position)
    }
    return meta
  }

  /// The generation that serves; built from the log when there is none to trust.
  private static func openViews(_ home: Home, _ log: Log, _ lock: borrowing File) throws
    -> Generation
  {
    if let generation = try Generation.current(of: home) { return generation }
    guard try lock.lock(.exclusive, wait: true) else { preconditionFailure("waited for the lock") }
    defer { lock.unlock() }
    // Somebody else may have built it while we waited.
    if let generation = try Generation.current(of: home) { return generation }
    return try rebuild(home, log)
  }

  /// Folds the whole log into a new generation and publishes it. Under LOCK.
  static func rebuild(_ home: Home, _ log: Log) throws -> Generation {
    for _ in 0..<10 {
      do {
        return try rebuildOnce(home, log)
      } catch let error as PosixError where error.isMissing {
      } catch let error as LMDBError where error.isMissing {
      }  // somebody deletes views/ at this very moment: once more
    }
    return try rebuildOnce(home, log)
  }

  private static func rebuildOnce(_ home: Home, _ log: Log) throws -> Generation {
    var fold = try Fold(from: NoRows())
    let snapshot = try log.read()
    try snapshot.events(from: 1) { event in
      try fold.apply(event, NoRows())
      return true
    }
    let generation = try Generation.build(&fold, in: home)
    try generation.publish(in: home)
    return generation
  }
}

/// The moments of an append between which a process can die.
enum CommitStage: Sendable, CaseIterable {
  /// Decided, nothing durable yet.
  case decided
  /// The log has it, HEAD does not.
  case logged
  /// HEAD has it, the views do not.
  case witnessed
}
