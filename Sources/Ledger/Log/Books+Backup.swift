// A copy of the books, taken while others write: log, HEAD, configuration and profiles, never
// secrets or keys.

import Glibc
import LMDB
import Posix
package import Wire

/// A backup that was made and proved.
package struct BackupReport: Sendable, Equatable {
  package let directory: String
  package let ledgerID: [UInt8]
  package let incarnation: UInt64
  /// The last event it holds.
  package let position: Position
  package let hash: Digest
  /// Bytes of all files.
  package let bytes: Int64
  /// Paths within the backup.
  package let files: [String]
}

extension Books {
  /// Copies the books into a directory that does not exist yet or is empty. It appears there whole:
  /// until then it lies beside, as `DIR.partial-...`.
  /// - Throws: `Refusal` for a place that cannot be one; `BooksError`.
  @available(*, noasync)
  package func backUp(to given: String) throws -> BackupReport {
    do {
      let directory = try backupPlace(given)
      let partial = try FileSystem.makeTemporaryDirectory(prefix: directory + ".partial-")
      defer { try? FileSystem.removeTree(partial) }
      let report = try fill(partial, from: try serving().log.read(), for: directory)
      try FileSystem.rename(partial, to: directory)
      try FileSystem.flushDirectory(FileSystem.parent(of: directory) ?? ".")
      return report
    } catch {
      throw BooksError.sorted(error)
    }
  }

  /// Where the backup will be, with no link in the way.
  private func backupPlace(_ given: String) throws -> String {
    var given = given
    while given.count > 1, given.hasSuffix("/") { given.removeLast() }
    if let existing = try FileSystem.canonical(given) {
      guard try FileSystem.status(existing)?.isDirectory == true,
        try FileSystem.list(existing).isEmpty
      else {
        throw Refusal(
          .conflict, "\(given) is not empty", next: "ledger backup \(given)-\(clock().day)")
      }
      return try outside(existing)
    }
    let parent = FileSystem.parent(of: given) ?? "."
    let name = given.split(separator: "/").last.map(String.init) ?? ""
    guard let folder = try FileSystem.canonical(parent), !["", ".", ".."].contains(name) else {
      throw Refusal(.invalid, "there is no directory \(parent)", next: "mkdir -p \(parent)")
    }
    return try outside(folder + "/" + name)
  }

  /// A backup inside the home would be lost with it, and the other way round.
  private func outside(_ directory: String) throws -> String {
    let own = try FileSystem.canonical(home.path) ?? home.path
    guard !(directory + "/").hasPrefix(own + "/"), !(own + "/").hasPrefix(directory + "/") else {
      throw Refusal(.invalid, "\(directory) lies in the home itself, or the home in it")
    }
    return directory
  }

  private func fill(
    _ partial: String, from snapshot: borrowing LogSnapshot<ReadTransaction>, for place: String
  ) throws -> BackupReport {
    let log = partial + "/log"
    _ = try FileSystem.makeDirectory(log)
    try Log.copy(snapshot, into: log)
    // Opened again and replayed: a backup that cannot be restored is none.
    let mark = try Books.proved(log)
    guard mark.hash == (try snapshot.hash(at: mark.position)),
      mark.position == (try snapshot.end().position)
    else { throw BooksError.inconsistent("the copy is not the log") }
    try FileSystem.remove(log + "/lock.mdb")  // readers of this moment; no part of the data
    var head = try Head(partial + "/" + BackupManifest.head)
    try head.write(mark)
    try head.flush()
    var paths = [BackupManifest.log, BackupManifest.head]
    paths += try copySettings(to: partial)
    var files: [(path: String, digest: Digest)] = []
    var bytes: Int64 = 0
    for path in paths {
      files.append((path, try BackupManifest.digest(ofFile: partial + "/" + path)))
      bytes += try FileSystem.status(partial + "/" + path)?.size ?? 0
    }
    let manifest = BackupManifest(mark, madeAt: clock(), files: files)
    try FileSystem.flushDirectory(log)
    try FileSystem.replace(partial + "/" + BackupManifest.fileName, with: manifest.text)
    return BackupReport(
      directory: place, ledgerID: mark.ledgerID, incarnation: mark.incarnation,
      position: mark.position, hash: mark.hash, bytes: bytes, files: paths)
  }

  /// The end of a log in which nothing is wrong.
  private static func proved(_ directory: String) throws -> HeadMark {
    let log = try Log(directory)
    let fold = try LogRewrite.proved(log)
    return log.mark(fold.position, fold.hash)
  }

  /// Configuration and own profiles, as far as there are any.
  /// - Returns: their paths.
  private func copySettings(to directory: String) throws -> [String] {
    var paths = FileSystem.exists(home.path + "/config.json") ? ["config.json"] : []
    paths += try FileSystem.list(home.providers).map { "providers/" + $0 }
      .filter(BackupManifest.isAllowed)
    guard paths.count <= BackupManifest.filesMax else {
      throw BooksError.unsuitable("\(home.providers) holds more than a backup takes")
    }
    for path in paths {
      let file = home.path + "/" + path
      guard let bytes = try FileSystem.read(file, limit: BackupManifest.fileBytesMax) else {
        throw BooksError.busy("\(file) was removed while it was being copied")
      }
      if path.hasPrefix("providers/") { try FileSystem.makeDirectories(directory + "/providers") }
      try FileSystem.replace(directory + "/" + path, with: bytes)
    }
    return paths
  }
}

extension Timestamp {
  /// `2026-11-21`, for a name that is free tomorrow.
  fileprivate var day: String { String(description.prefix(10)) }
}
