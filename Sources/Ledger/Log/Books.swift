// The open home: its log, its views, its witness. Every command and every daemon goes through this.

import Glibc
import LMDB
import Posix
import Synchronization
package import Wire

/// An open ledger.
///
/// `@unchecked Sendable`: the environments may be used by every thread; what changes after `init`
/// (`log`, `generation`, `head`) is touched only under `gate`.
package final class Books: @unchecked Sendable {
  package let home: Home
  var log: Log
  private let users: File
  let lock: File
  /// One append or catch-up at a time within this process; LOCK does the same between processes.
  let gate = Gate()
  var generation: Generation { didSet { kept = nil } }
  /// What the last append folded. Under `gate`.
  var kept: KeptFold?
  /// CURRENT's file when it was last read, and the generation it named. Under `gate`.
  var currentStamp: (file: FileStatus, generation: UInt64)?
  var head: Head
  /// Set by a failed commit: nothing is acknowledged any more. Behind a lock of its own, so that it
  /// can be asked for while a commit hangs.
  let poisoned = Mutex<String?>(nil)
  /// How long this process's commits took.
  package let commitTimes = CommitTimes()
  /// For tests: called between the commits of an append. Throwing is what a crash or a failed
  /// commit at that point looks like to whoever opens the home next.
  package var interruption: (@Sendable (CommitStage) throws -> Void)?
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
      try Books.check(try log.read(), against: mark)
      try Books.complete(home, log, mark, &head, lock)
      generation = try Books.openViews(home, log, lock)
      // Replaced between the two openings: the views are then of the new log.
      if try !log.isInPlace(home) {
        log = try Log(home.log)
        try Books.check(try log.read(), against: mark)
      }
    } catch {
      throw BooksError(error)
    }
  }

  /// Closes the home; what HEAD says becomes durable. The lock is given back by word: a child that
  /// has not come to its exec yet has our descriptors, and keeps what is only closed (flock(2)).
  deinit {
    try? head.flush()
    users.unlock()
  }

  private static func witness(_ home: Home) throws -> HeadMark? {
    guard FileSystem.exists(home.head) else { return nil }
    return try Head(home.head).mark()
  }

  /// Ids, format and incarnation of the log that serves.
  package var meta: LogMeta { gate.pass { log.meta } }

  /// What was acknowledged must be there.
  @discardableResult
  static func check(
    _ snapshot: borrowing LogSnapshot<ReadTransaction>, against mark: HeadMark?
  ) throws -> LogMeta {
    let meta = try snapshot.meta()
    guard meta.format <= LogMeta.currentFormat, meta.minimumWriter <= LogMeta.currentFormat else {
      throw BooksError.newer("record format \(meta.format)")
    }
    if let complaint = try Witness.complaint(mark, against: snapshot) { throw complaint }
    return meta
  }

  /// Finishes what an erasure or restore that was ended by a kill had left to do.
  private static func complete(
    _ home: Home, _ log: Log, _ mark: HeadMark?, _ head: inout Head, _ lock: borrowing File
  ) throws {
    if let mark, mark.incarnation < log.meta.incarnation {
      _ = try lock.lock(.exclusive, wait: true)
      defer { lock.unlock() }
      let end = try log.read().end()
      if try head.mark() == mark { try head.write(log.mark(end.position, end.hash)) }
    }
    guard try LogRewrite.hasLeftovers(in: home), try lock.lock(.exclusive, wait: false) else {
      return
    }
    defer { lock.unlock() }
    try? LogRewrite.sweep(home)
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

  /// Folds the whole log into a new generation and publishes it. Under LOCK. Where there is no room
  /// for it, it is this process's own, in memory: reading needs no room.
  static func rebuild(_ home: Home, _ log: Log) throws -> Generation {
    for _ in 0..<10 {
      do {
        return try rebuildOnce(home, log)
      } catch let error as PosixError where error.isMissing {
      } catch let error as LMDBError where error.isMissing {
      }  // somebody deletes views/ at this very moment: once more
      catch {
        guard case .full = BooksError(error) else { throw error }
        // What CURRENT names is not trusted, or it would serve.
        try? FileSystem.remove(home.current)
        var fold = try folded(log)
        do { return try Generation.buildInMemory(&fold) } catch _ { throw error }
      }
    }
    return try rebuildOnce(home, log)
  }

  private static func rebuildOnce(_ home: Home, _ log: Log) throws -> Generation {
    var fold = try folded(log)
    let generation = try Generation.build(&fold, in: home)
    do {
      try generation.publish(in: home)
    } catch {
      try? FileSystem.removeTree(home.generation(generation.number))
      throw error
    }
    return generation
  }

  private static func folded(_ log: Log) throws -> Fold {
    var fold = try Fold(from: NoRows())
    try log.read().events(from: 1) { event in
      try fold.apply(event, NoRows())
      return true
    }
    return fold
  }
}

/// The moments of an append between which a process can die.
package enum CommitStage: Sendable, CaseIterable {
  /// Decided, nothing durable yet.
  case decided
  /// The log has it, HEAD does not.
  case logged
  /// HEAD has it, the views do not.
  case witnessed
}
