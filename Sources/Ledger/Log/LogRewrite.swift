// Another log in the place of the one that serves: built beside it, proved, then swapped in by one
// rename. Whoever is killed at any point leaves the old log or the new one, whole.
//
// Other processes have the old file mapped. CURRENT, which every read compares, is gone before the
// swap and names the new file after it; and every append looks, under LOCK, whether its log still
// is in place (`Books.openCurrentViews`).

import LMDB
import Posix
import Wire

/// A log being put together in a directory of its own. Under LOCK from the beginning to the end.
struct LogRewrite: ~Copyable {
  private static let prefix = "log.new-"

  /// The new log's directory; once the swap is done, the old one's.
  private let directory: String
  private let log: Log
  /// The fold of the new log; nil only while it is being added to.
  private var fold: Fold?

  /// Copies a log and proves the copy: every checksum, hash and salted digest.
  /// - Throws: `BooksError.damaged` when what was copied is not sound.
  init(
    of source: borrowing LogSnapshot<ReadTransaction>, in home: Home,
    erasing erased: Set<UInt64> = [], incarnation: UInt64? = nil
  ) throws {
    let directory = try FileSystem.makeTemporaryDirectory(
      prefix: home.path + "/" + LogRewrite.prefix)
    let made: (log: Log, fold: Fold)
    do {
      try Log.copy(source, into: directory, erasing: erased, incarnation: incarnation)
      let log = try Log(directory)
      made = (log, try LogRewrite.proved(log))
    } catch {
      try? FileSystem.removeTree(directory)
      throw error
    }
    self.directory = directory
    log = made.log
    fold = made.fold
  }

  deinit { try? FileSystem.removeTree(directory) }

  /// The fold of a log in which nothing is wrong.
  static func proved(_ log: Log) throws -> Fold {
    var scan = LogScan()
    try scan.run(over: try log.read())
    if let fault = scan.checks.first(where: { !$0.isOK }) {
      throw BooksError.damaged("\(fault.name): \(fault.detail)", position: nil)
    }
    guard let fold = scan.views else { throw BooksError.inconsistent("a sound log folds") }
    return fold
  }

  /// Appends groups to the new log, in one commit.
  mutating func append<Value>(
    _ body: (inout Clerk<NoRows, WriteTransaction>) throws -> Value
  ) throws -> Value {
    guard let folded = fold.take() else { preconditionFailure("an append failed before") }
    var clerk = Clerk(Views(NoRows(), folded), try log.write())
    try clerk.log.completeSchemas()
    let value = try body(&clerk)
    fold = try LogRewrite.commit(clerk)
    return value
  }

  private static func commit(_ clerk: consuming Clerk<NoRows, WriteTransaction>) throws -> Fold {
    let fold = clerk.views.fold
    try clerk.log.commit()
    return fold
  }

  /// Makes this the log that every process opens from now on.
  /// - Parameter stage: called between the steps; what it throws is a crash there.
  /// - Returns: the log, and views of it that serve already.
  mutating func place(
    in home: Home, _ head: inout Head, stage: (CommitStage) throws -> Void = { _ in }
  ) throws -> (Log, Generation) {
    guard var fold = fold.take() else { preconditionFailure("nothing to put in place") }
    try FileSystem.flushDirectory(directory)
    try FileSystem.remove(home.current)
    try stage(.decided)
    if FileSystem.exists(home.log) {
      try FileSystem.exchange(directory, with: home.log)
    } else {
      try FileSystem.rename(directory, to: home.log)
    }
    try FileSystem.flushDirectory(home.path)
    try stage(.logged)
    try head.write(log.mark(fold.position, fold.hash))
    try head.flush()
    try stage(.witnessed)
    let generation = try Generation.build(&fold, in: home)
    try generation.publish(in: home)
    return (log, generation)
  }

  /// True when a killed process left a log that never served, or one that serves no more.
  static func hasLeftovers(in home: Home) throws -> Bool {
    try FileSystem.list(home.path).contains { $0.hasPrefix(prefix) }
  }

  /// Removes them. Under LOCK: nobody is at work on one.
  static func sweep(_ home: Home) throws {
    for name in try FileSystem.list(home.path) where name.hasPrefix(prefix) {
      try FileSystem.removeTree(home.path + "/" + name)
    }
  }
}

extension Views {
  /// Views whose fold is already at hand.
  init(_ source: consuming Source, _ fold: Fold) {
    self.fold = fold
    self.source = source
  }
}

extension Command {
  /// Who acts, for groups that follow from no action of the table.
  init(actor: Actor, by name: String?) {
    self.init(.unpause(provider: nil, account: nil), actor: actor, by: name)
  }
}
