// A home made from an export: in a directory beside, flushed, then renamed into place, so that a
// crash leaves the whole log or none.

import Glibc
import LMDB
package import Posix
package import Wire

/// What an import took over.
package struct ImportReport: Sendable {
  package let ledgerID: [UInt8]
  package let unit: String
  package let head: Position
  /// The chain hash at the head: the source's own.
  package let hash: Digest
  /// Kept texts, and those that had been erased before the export.
  package let blobs: UInt64
  package let erased: UInt64
  package let totals: Totals

  /// Jobs that are still to be submitted, or may be under way at their providers.
  package var openJobs: UInt64 {
    JobState.allCases.filter { $0 != .none && !$0.isTerminal }.reduce(0) { $0 + totals.count($1) }
  }
}

extension Books {
  /// Makes an NDJSON export into the log of a home that has none, or none but its first event.
  /// - Parameters:
  ///   - isRehearsal: everything is read and checked, nothing is kept.
  ///   - progress: called now and then with the events so far, and how many there will be.
  /// - Throws: `ImportError`; `BooksError.alreadyInitialised` where there is something to lose,
  ///   `busy` while another process has the home open.
  @available(*, noasync)
  package static func makeHome(
    _ home: Home, from file: consuming File, isRehearsal: Bool,
    progress: (UInt64, UInt64) -> Void
  ) throws -> ImportReport {
    let isNew = !FileSystem.exists(home.path)
    do {
      try home.prepare()
      let lock = try File(home.lock, O_RDWR | O_CREAT)
      _ = try lock.lock(.exclusive, wait: true)
      defer { lock.unlock() }
      defer { if isNew, isRehearsal { try? FileSystem.removeTree(home.path) } }
      try requireEmpty(home)
      for name in try FileSystem.list(home.path) where name.hasPrefix("log.new-") {
        try FileSystem.removeTree(home.path + "/" + name)  // left by a crash
      }
      let directory = try FileSystem.makeTemporaryDirectory(prefix: home.path + "/log.new-")
      defer { try? FileSystem.removeTree(directory) }  // renamed away when all went well
      let done = try read(file, into: directory, progress)
      let header = try done.finish()
      if !isRehearsal { try place(directory, header, done.fold, in: home) }
      return ImportReport(
        ledgerID: header.ledgerID, unit: done.unit, head: done.fold.position, hash: done.fold.hash,
        blobs: done.blobs, erased: done.erased, totals: done.fold.totals)
    } catch let error as ImportError {
      throw error
    } catch {
      throw BooksError(error)
    }
  }

  /// Events of one transaction.
  private static var batchEvents: Int { 10_000 }

  private static func read(
    _ file: consuming File, into directory: String, _ progress: (UInt64, UInt64) -> Void
  ) throws -> LogImport {
    var lines = LineReader(file, bytesMax: Limits.exchangeLineBytes)
    var state = try LogImport()
    var log: Log?
    while let first = try lines.next() {
      if log == nil {
        // The header's id is the log's own, so it is needed before there is a log.
        guard case .header(let header)? = try? ExchangeLine(first) else {
          _ = try located(1) { try ExchangeLine(first) }
          throw ImportError(line: 1, "the header of an export is missing")
        }
        log = try Log.create(
          directory, ledgerID: header.ledgerID, incarnation: header.incarnation)
      }
      guard let log else { break }
      let snapshot = try log.write()
      var line: [UInt8]? = first
      var count = 0
      while let bytes = line {
        try located(lines.number) { try state.take(bytes, into: snapshot) }
        count += 1
        line = count < batchEvents ? try lines.next() : nil
      }
      try snapshot.commit()
      guard try FileSystem.freeBytes(directory) >= Books.diskFloor else {
        throw BooksError.full("the disk is too full for the rest of the file")
      }
      progress(state.fold.position, state.header?.head ?? 0)
    }
    return state
  }

  private static func located<Value>(_ line: Int, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let flaw as Flaw {
      throw ImportError(line: line, flaw.reason, kind: flaw.isNewer ? .newer : .damaged)
    } catch let error as ViewError {
      throw ImportError(line: line, "\(error)")
    } catch let error as JobError {
      throw ImportError(line: line, "\(error)")
    }
  }

  /// Nothing may be lost: no log, or one that holds only `ledger.opened`, and nobody at it.
  private static func requireEmpty(_ home: Home) throws {
    let mark = try FileSystem.exists(home.head) ? Head(home.head).mark() : nil
    if let mark, mark.position > 1 { throw BooksError.alreadyInitialised(path: home.path) }
    guard home.isInitialised else { return }
    guard try Log(home.log).read().end().position <= 1 else {
      throw BooksError.alreadyInitialised(path: home.path)
    }
    let users = try home.join()
    defer { users.unlock() }
    guard try users.lock(.exclusive, wait: false) else {
      throw BooksError.busy("\(home.path) is open in another process")
    }
  }

  /// HEAD first names the new log's first event, which says nothing of events that must be there;
  /// then the log is renamed into place, and then HEAD names its end.
  private static func place(
    _ directory: String, _ header: ExchangeHeader, _ fold: Fold, in home: Home
  ) throws {
    let first = try Log(directory).read().hash(at: 1) ?? .zero
    try FileSystem.flushDirectory(directory)
    if home.isInitialised { try FileSystem.removeTree(home.log) }
    try? FileSystem.remove(home.current)
    var head = try Head(home.head)
    var mark = HeadMark(
      ledgerID: header.ledgerID, incarnation: header.incarnation, position: 1, hash: first)
    try head.write(mark)
    try head.flush()
    try FileSystem.rename(directory, to: home.log)
    try FileSystem.flushDirectory(home.path)
    (mark.position, mark.hash) = (fold.position, fold.hash)
    try head.write(mark)
    try head.flush()
  }
}
