// Reading everything and believing nothing: does the log hold what was written, and do the views
// follow from it? Run in a child process, for a damaged file can kill its reader.

import LMDB
import Posix
import Wire

/// One thing that was looked at.
package struct VerifyCheck: Sendable, Equatable {
  package let name: String
  package let isOK: Bool
  /// What was found, with positions.
  package let detail: String
}

/// Verifies a home without trusting it.
package struct Verification {
  private let home: Home
  private let checkpoint: CheckpointCheck?
  private let report: (VerifyCheck) -> Void
  /// Events that could be read.
  package private(set) var events: UInt64 = 0
  package private(set) var isOK = true

  /// - Parameters:
  ///   - checkpoint: one that was kept elsewhere, to be held against the log.
  ///   - report: called after each check.
  package init(
    _ home: Home, against checkpoint: CheckpointCheck? = nil,
    report: @escaping (VerifyCheck) -> Void
  ) {
    self.home = home
    self.checkpoint = checkpoint
    self.report = report
  }

  /// - Throws: `BooksError.notInitialised` when there is no log, and no witness of one: whoever
  ///   dies while making a home leaves a HEAD that knows of the first event at most.
  package static func requireSomething(in home: Home) throws(BooksError) {
    if home.isInitialised { return }
    do {
      if FileSystem.exists(home.head), let mark = try Head(home.head).mark(), mark.position > 1 {
        return
      }
    } catch {
      throw BooksError(error)
    }
    throw BooksError.notInitialised(path: home.path)
  }

  private mutating func note(_ name: String, _ isOK: Bool, _ detail: String) {
    if !isOK { self.isOK = false }
    report(VerifyCheck(name: name, isOK: isOK, detail: detail))
  }

  /// Runs every check.
  /// - Returns: the log's last position.
  /// - Throws: `BooksError.notInitialised` when there is nothing to verify; `full` when there is no
  ///   room for the replay that the views are compared with.
  package mutating func run() throws(BooksError) -> Position {
    try Verification.requireSomething(in: home)
    do {
      // HEAD before the log: a commit in between only makes the log longer.
      let mark = try FileSystem.exists(home.head) ? Head(home.head).mark() : nil
      let log = try Log(home.log)
      note("file", true, "the log opens and its two meta pages follow one another")
      let pages = try PageCensus(of: log.environment)
      note(
        "pages", pages.fault == nil,
        pages.fault.map { "\($0); where all else is ok, a backup that is restored is whole" }
          ?? "\(pages.used) are in use and \(pages.free) are free, none is both")
      let snapshot = try log.read()
      var scan = LogScan()
      try scan.run(over: snapshot)
      for check in scan.checks { note(check.name, check.isOK, check.detail) }
      events = scan.end
      if let complaint = try Witness.complaint(mark, against: snapshot) {
        note("head", false, complaint.finding)
      } else {
        note("head", true, "HEAD saw position \(mark?.position ?? 0) of \(scan.end)")
      }
      // After the chain: only where that is whole does one hash stand for all before it.
      if let checkpoint {
        let complaint = try checkpoint.complaint(home, snapshot)
        note("checkpoint", complaint == nil, complaint ?? checkpoint.summary)
      }
      try checkViews(scan, log)
      return scan.end
    } catch {
      let error = BooksError(error)
      if case .full = error { throw error }
      note("file", false, error.description)
      return events
    }
  }

  private mutating func checkViews(_ scan: LogScan, _ log: Log) throws {
    guard let replayed = scan.views else {
      return note("views", false, "not compared: the log itself does not fold")
    }
    do {
      guard let generation = try Generation.current(of: home) else {
        return note("views", true, "there are none to trust; they will be rebuilt from the log")
      }
      if let fault = try PageCensus(of: generation.environment).fault {
        return note("views", false, "\(fault): run ledger replay")
      }
      let serving = try generation.read()
      // Read after the views: it has all that they have.
      let log = try log.read()
      guard try log.hash(at: serving.position) == serving.hash else {
        return note("views", true, "they are of another log; they will be rebuilt from this one")
      }
      // Behind the scan's end where a writer died, past it where one wrote meanwhile.
      var fold = serving.position < scan.end ? try Fold(from: NoRows()) : replayed
      try log.events(from: fold.position + 1, through: serving.position) { event in
        try fold.apply(event, NoRows())
        return true
      }
      let digest = try ViewDigest(ofFolded: &fold, beside: home)
      let differences = digest.differences(from: try ViewDigest(of: serving.source))
      note(
        "views", differences.isEmpty,
        differences.isEmpty
          ? "generation \(generation.number) equals a replay of \(serving.position) events"
          : "differ from a replay in \(differences.joined(separator: ", ")): run ledger replay")
    } catch let error as LMDBError where error.isDamage {
      note("views", false, "cannot be read (\(error)): run ledger replay")
    }
  }
}
