// Rebuilding the views from the log beside the ones that serve, and swapping: readers and writers
// go on meanwhile, and a kill at any point leaves the old generation serving.

import LMDB
import Posix
import Wire

/// How a replay went.
package struct ReplayReport: Sendable {
  /// Events folded.
  package let events: UInt64
  package let seconds: Double
  /// The generation that was built.
  package let generation: UInt64
  package let digest: ViewDigest
  /// Names of projections that differ from the ones that served; nil when there was nothing to
  /// compare with.
  package let differences: [String]?
  package let isSwapped: Bool
  /// The log's end when it was done.
  package let head: Position
}

/// What a replay is to do.
package enum ReplayMode: Sendable, Equatable {
  /// Rebuild, compare, swap.
  case swap
  /// Rebuild, compare, throw away.
  case check
  /// Rebuild up to a position, throw away.
  case until(Position)
}

extension Books {
  /// - Parameter progress: told now and then how many of how many events are folded.
  @available(*, noasync)
  package func replay(
    _ mode: ReplayMode, progress: (UInt64, UInt64) -> Void = { _, _ in }
  ) throws(BooksError) -> ReplayReport {
    do {
      let start = Clock.bootMicroseconds()
      let wereSpoiled = try replaceSpoiledViews()
      try catchUp(wait: true)
      // Pinned here: the log and the serving views at one position, whatever is written meanwhile.
      let (generation, log) = try serving()
      let serving = try generation.read()
      let pinned = serving.position
      let last = if case .until(let position) = mode { min(position, pinned) } else { pinned }
      var fold = try fold(log, through: last, progress)
      let built = try gate.pass { try Generation.build(&fold, in: home) }
      let digest = try ViewDigest(of: built.read().source)
      var differences: [String]?
      if last == pinned {
        differences =
          wereSpoiled ? digest.names : try self.differences(of: digest, from: serving)
      }
      let seconds = Double(Clock.bootMicroseconds() - start) / 1e6
      if mode == .swap {
        try swap(to: built)
      } else {
        try FileSystem.removeTree(home.generation(built.number))
      }
      return ReplayReport(
        events: last, seconds: seconds, generation: built.number, digest: digest,
        differences: differences, isSwapped: mode == .swap, head: try read { $0.head })
    } catch {
      throw BooksError(error)
    }
  }

  /// Builds views anew whose pages are not what they must be: catching them up would write to
  /// them, and LMDB dies of some.
  /// - Returns: whether they were.
  private func replaceSpoiledViews() throws -> Bool {
    let suspect = try serving().generation
    guard try PageCensus(of: suspect.environment).fault != nil else { return false }
    try gate.pass {
      _ = try lock.lock(.exclusive, wait: true)
      defer { lock.unlock() }
      try openCurrentViews()
      if generation === suspect { generation = try Books.rebuild(home, log) }
    }
    return true
  }

  /// All projections when what serves cannot be read.
  private func differences(
    of digest: ViewDigest, from serving: borrowing Views<StoredRows<ReadTransaction>>
  ) throws(LMDBError) -> [String] {
    do throws(LMDBError) {
      return digest.differences(from: try ViewDigest(of: serving.source))
    } catch {
      guard error.isDamage else { throw error }
      return digest.names
    }
  }

  private func fold(
    _ log: Log, through last: Position, _ progress: (UInt64, UInt64) -> Void
  ) throws -> Fold {
    var fold = try Fold(from: NoRows())
    try log.read().events(from: 1, through: last) { event in
      try fold.apply(event, NoRows())
      if event.position % 65_536 == 0 { progress(event.position, last) }
      return true
    }
    progress(last, last)
    return fold
  }

  /// Catches the new generation up with what was written meanwhile and lets it serve.
  private func swap(to built: Generation) throws {
    try gate.pass {
      _ = try lock.lock(.exclusive, wait: true)
      defer { lock.unlock() }
      try openCurrentViews()
      guard generation.number < built.number,
        FileSystem.exists(home.generation(built.number) + "/data.mdb")
      else { throw BooksError.busy("newer views were built meanwhile; they serve") }
      let views = try Books.caughtUp(try built.write(), with: try log.write())
      try views.commit()
      try built.environment.flush()
      try built.publish(in: home)
      generation = built
    }
  }
}
