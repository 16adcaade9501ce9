// A home's files, and what must be true of the place before they are touched.

import Glibc
package import Posix

/// The directory that holds one ledger.
package struct Home: Sendable, Equatable {
  package let path: String

  package init(_ path: String) { self.path = path }

  var log: String { path + "/log" }
  var logFile: String { path + "/log/data.mdb" }
  package var views: String { path + "/views" }
  /// Names the generation of the views that serves; without it they are built from the log.
  package var current: String { path + "/views/CURRENT" }
  /// The witness; written with every append.
  package var head: String { path + "/HEAD" }
  /// flock: the outermost writer lock.
  var lock: String { path + "/LOCK" }
  /// flock: the one active poller.
  package var poller: String { path + "/POLLER" }
  /// flock, shared by every process that has the home open; says which PID namespace they live in.
  var users: String { path + "/USERS" }
  /// What providers say right now, for whoever watches; no part of the truth.
  package var live: String { path + "/LIVE" }
  /// Overrides of built-in profiles: `NAME.json`.
  package var providers: String { path + "/providers" }
  /// Names of the home's own profiles, sorted; their files are `providers/NAME.json`.
  package func profileNames() throws(PosixError) -> [String] {
    try FileSystem.list(providers).filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }
  }

  package func profile(_ name: String) -> String { "\(providers)/\(name).json" }

  /// Hooks and digests of tokens.
  package var configuration: String { path + "/config.json" }
  /// How far each hook is: `NAME.json`.
  var hooks: String { path + "/hooks" }
  /// Provider tokens and hooks' secrets, one file each, mode 0600.
  package var secrets: String { path + "/secrets" }

  /// Files that go with jobs not yet submitted, a directory for each job.
  package var attachments: String { path + "/attachments" }

  /// The key that signs checkpoints, mode 0600, and the public one that checks them.
  var keys: String { path + "/keys" }

  func generation(_ number: UInt64) -> String { "\(views)/\(number)" }

  /// A log was put in place here.
  package var isInitialised: Bool { FileSystem.exists(logFile) }

  /// Creates the directory if need be.
  /// - Throws: `BooksError.unsuitable` on a network file system; `denied`.
  func prepare() throws {
    do {
      try FileSystem.makeDirectories(path)
    } catch {
      throw BooksError(error)
    }
    if let name = try FileSystem.networkFileSystem(path) {
      throw BooksError.unsuitable(
        "\(path) is on \(name): a home needs a local file system, for its locks and memory maps "
          + "must mean the same to every process")
    }
  }

  /// Joins the processes that have this home open. LMDB tells them apart by PID, so they must share
  /// one PID namespace (measured: two containers that are both PID 1 read each other's slots).
  /// - Returns: the shared lock, held as long as the home is open.
  func join() throws -> File {
    let file: File
    do {
      file = try File(users, O_RDWR | O_CREAT)
    } catch {
      throw BooksError(error)
    }
    let namespace = Array(try "\(Machine.pidNamespace()) \(Clock.bootID())".utf8)
    for _ in 0..<100 {
      guard try file.lock(.shared, wait: true) else { continue }
      if try file.read(count: 256) == namespace { return file }
      // Somebody else's, or nobody's yet: only a lone user may change it.
      guard try file.lock(.exclusive, wait: false) else {
        // Perhaps others who have just arrived and want the same: they are gone in a moment.
        usleep(5000)
        continue
      }
      try file.truncate()
      try file.write(namespace)
    }
    throw BooksError.unsuitable(
      "\(path) is open in another PID namespace (another container?): run all of ledger in "
        + "one container, e.g. `ledger serve --poll`")
  }
}
