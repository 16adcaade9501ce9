// How a process of a simulated world dies: in the middle of a commit, at a moment that was chosen.

import Ledger
import Synchronization

/// What the books ask between the commits of an append.
final class Death: Sendable {
  private struct State {
    var stage: CommitStage?
    var hasCome = false
  }

  private let state = Mutex(State())

  /// The process dies at this stage of its next commit.
  func come(at stage: CommitStage) { state.withLock { $0.stage = stage } }

  var isComing: Bool { state.withLock { $0.stage != nil } }
  var hasCome: Bool { state.withLock { $0.hasCome } }

  /// - Throws: when this is the moment, and ever after.
  func strike(at stage: CommitStage) throws {
    let isNow = state.withLock { state in
      if state.stage == stage { state.hasCome = true }
      return state.hasCome
    }
    if isNow { throw BooksError.busy("killed") }
  }
}
