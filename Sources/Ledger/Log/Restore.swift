// Putting a backup in the place of the books. What it does not hold is lost, so it says how much
// and wants to be told; what may have been sent since is never sent again by itself.

import Glibc
import LMDB
import Posix
import Wire

/// A restore that was done.
package struct RestoreReport: Sendable, Equatable {
  package let ledgerID: [UInt8]
  package let incarnation: UInt64
  /// The last event that the backup held.
  package let backupHead: Position
  /// Acknowledged events that the backup did not hold; nil: none.
  package let lost: ClosedRange<Position>?
  /// Jobs whose submit was under way, or may have been since: nobody knows whether the provider has
  /// them.
  package let uncertain: [String]
  /// Jobs that are proved not to have been sent, and wait for submission to go on.
  package let waiting: [String]
  /// The restored log's end.
  package let position: Position
}

extension Books {
  /// Restores a backup into `home`: an empty place, or the same ledger, which nobody may have open.
  /// - Parameter acceptsLoss: go on although events that were acknowledged are not in the backup.
  /// - Throws: `Refusal`: another ledger, or a loss not accepted; `BooksError`: `badBackup`,
  ///   `busy`, and what the place itself refuses.
  @available(*, noasync)
  package static func restore(
    _ home: Home, from directory: String, acceptsLoss: Bool, actor: Actor, by name: String?
  ) throws -> RestoreReport {
    let manifest = try BackupManifest(in: directory)
    for file in manifest.files {
      guard file.digest == (try? BackupManifest.digest(ofFile: directory + "/" + file.path)) else {
        throw BooksError.badBackup("\(directory)/\(file.path) is not what was backed up")
      }
    }
    do {
      try home.prepare()
      let users = try alone(home)
      defer { users.unlock() }
      let lock = try File(home.lock, O_RDWR | O_CREAT)
      _ = try lock.lock(.exclusive, wait: true)
      defer { lock.unlock() }
      try LogRewrite.sweep(home)
      let backup = try Log(directory + "/log", isReadOnly: true)
      let snapshot = try backup.read()
      guard backup.meta.ledgerID == manifest.mark.ledgerID,
        try snapshot.end() == (manifest.mark.position, manifest.mark.hash)
      else { throw BooksError.badBackup("its log is not the one that its manifest names") }
      let standing = try Standing(home, snapshot, manifest.mark)
      let lost = try standing.loss(acceptsLoss)
      let incarnation = max(standing.incarnation, manifest.mark.incarnation) + 1
      var rewrite = try LogRewrite(of: snapshot, in: home, incarnation: incarnation)
      let report = try rewrite.append { clerk in
        var restorer = Restorer(
          manifest, incarnation, lost, isWhole: standing.holds(manifest.mark), actor: actor,
          by: name)
        return try restorer.run(&clerk)
      }
      try settle(manifest, from: directory, in: home)
      var head = try Head(home.head)
      if standing.mark?.ledgerID != manifest.mark.ledgerID {
        try head.write(.nothing(of: manifest.mark.ledgerID))
      }
      _ = try rewrite.place(in: home, &head)
      return report
    } catch {
      throw BooksError.sorted(error)
    }
  }

  /// Keeps everybody else out: a process that goes on with what it knew of the old books would
  /// write it into the new ones.
  private static func alone(_ home: Home) throws -> File {
    let users = try File(home.users, O_RDWR | O_CREAT)
    guard try users.lock(.exclusive, wait: false) else {
      throw BooksError.busy(
        "\(home.path) is in use: stop ledger serve, ledger poll and whatever else reads it")
    }
    return users
  }

  /// Configuration and profiles that the home does not have.
  private static func settle(
    _ manifest: BackupManifest, from directory: String, in home: Home
  ) throws {
    for file in manifest.files {
      guard file.path == "config.json" || file.path.hasPrefix("providers/") else { continue }
      let target = home.path + "/" + file.path
      if FileSystem.exists(target) { continue }
      guard
        let bytes = try FileSystem.read(
          directory + "/" + file.path, limit: BackupManifest.fileBytesMax)
      else { continue }
      if let parent = FileSystem.parent(of: target) { try FileSystem.makeDirectories(parent) }
      try FileSystem.replace(target, with: bytes)
    }
  }
}

extension HeadMark {
  /// A witness that saw nothing: what stands in HEAD until a first restore is complete.
  fileprivate static func nothing(of ledgerID: [UInt8]) -> HeadMark {
    HeadMark(ledgerID: ledgerID, incarnation: 0, position: 0, hash: .zero)
  }
}
