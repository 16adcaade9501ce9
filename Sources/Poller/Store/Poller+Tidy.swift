// What earlier pollers left lying about: parts of files, and files that nobody needs any more.

import Glibc
import Ledger
import Posix
import Wire

extension Poller {
  /// How long a whole file that nobody took up is kept, seconds.
  private static let leftoverSeconds = 7 * 86_400.0

  /// How often this is looked at, seconds.
  private static let tidySeconds = 3600.0

  /// Removes what is old and, of earlier pollers, parts: only they could have gone on with them.
  /// - Parameter isStart: nothing of our own is under way yet.
  func tidyStore(_ snapshot: inout Snapshot, _ now: Timestamp, isStart: Bool = false) throws {
    guard isStart || now >= storeroom.tidyAt else { return }
    storeroom.tidyAt = now.advanced(seconds: Poller.tidySeconds)
    var workshops = [books.home.path + "/store-tmp"]
    if case .ready(let store) = try store(&snapshot) { workshops.append(store.workshop) }
    for workshop in Set(workshops) {
      for name in (try? FileSystem.list(workshop)) ?? [] {
        let path = "\(workshop)/\(name)"
        let isPart = isStart && [".part", ".link", ".tmp"].contains { name.hasSuffix($0) }
        guard isPart || isOld(path, now) else { continue }
        try? FileSystem.remove(path)
      }
    }
    try tidyAttachments(&snapshot, now)
  }

  /// Files of jobs that ended, or never came to be.
  private func tidyAttachments(_ snapshot: inout Snapshot, _ now: Timestamp) throws {
    let root = books.home.attachments
    for name in (try? FileSystem.list(root)) ?? [] {
      let path = "\(root)/\(name)"
      // A name with escapes is read back by nobody: its files are old one day.
      let number = try snapshot.jobNumber(name)
      let hasEnded = try number.flatMap { try snapshot.job($0) }?.state.isTerminal ?? false
      if hasEnded || number == nil && isOld(path, now) { try? FileSystem.removeTree(path) }
    }
  }

  private func isOld(_ path: String, _ now: Timestamp) -> Bool {
    guard let status = try? FileSystem.status(path) else { return false }
    return now.seconds(since: Timestamp(microseconds: status.modifiedMicroseconds))
      > Poller.leftoverSeconds
  }
}
