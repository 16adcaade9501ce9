// Making a home: in a directory beside, flushed, then renamed into place, so that a crash leaves a
// home or none.

import Glibc
import LMDB
import Posix
import Wire

extension Books {
  /// Creates a ledger.
  /// - Parameter unit: what one credit is called in output.
  /// - Throws: `BooksError.alreadyInitialised` when there is one.
  package static func create(
    _ home: Home, unit: String = "credits", program: String, by name: String?
  ) throws(BooksError) {
    do {
      try home.prepare()
      let lock = try File(home.lock, O_RDWR | O_CREAT)
      _ = try lock.lock(.exclusive, wait: true)
      defer { lock.unlock() }
      guard !home.isInitialised else {
        throw BooksError.alreadyInitialised(path: home.path)
      }
      if let mark = try FileSystem.exists(home.head) ? Head(home.head).mark() : nil,
        mark.position > 1
      {
        throw BooksError.damaged(
          "the log is gone, and HEAD knows of events up to \(mark.position)", position: nil)
      }
      for name in try FileSystem.list(home.path) where name.hasPrefix("log.new-") {
        try FileSystem.removeTree(home.path + "/" + name)  // left by a crash
      }
      let directory = try FileSystem.makeTemporaryDirectory(prefix: home.path + "/log.new-")
      let mark = try writeFirstEvent(directory, unit: unit, program: program, by: name)
      var head = try Head(home.head)
      try head.write(mark)
      try head.flush()
      try FileSystem.flushDirectory(directory)
      try FileSystem.rename(directory, to: home.log)
      try FileSystem.flushDirectory(home.path)
    } catch {
      throw BooksError(error)
    }
  }

  /// Writes `ledger.opened` at position 1 of a new log.
  private static func writeFirstEvent(
    _ directory: String, unit: String, program: String, by name: String?
  ) throws -> HeadMark {
    let ledgerID = Machine.randomBytes(16)
    let log = try Log.create(directory, ledgerID: ledgerID)
    var views = try Views(NoRows())
    var group = Group(after: 0, subjects: 0)
    let opened = LedgerOpened(
      ledgerID: ledgerID, unit: unit, format: UInt64(LogMeta.currentFormat), program: program)
    group.add(Draft(.ledger, .ledgerOpened(opened)))
    let command = Command(.setPolicy(name: "", value: nil), actor: .cli, by: name)
    let snapshot = try log.write()
    var scratch = AppendScratch()
    let now = Timestamp(microseconds: Clock.wallMicroseconds())
    _ = try snapshot.append(group, key: nil, by: command, at: now, to: &views, &scratch)
    try snapshot.commit()
    return HeadMark(ledgerID: ledgerID, incarnation: 1, position: 1, hash: views.hash)
  }
}

extension LogSnapshot where Snapshot == WriteTransaction {
  consuming func commit() throws(LMDBError) { try transaction.commit() }
}
