// How another thread ends a poller.

import Posix
import Synchronization

/// A wish to stop, from any thread, at any time.
package final class Stop: Sendable {
  private let isWanted = Atomic(false)
  private let waker = Mutex<Waker?>(nil)

  package init() {}

  /// True once somebody asked.
  package var isRequested: Bool { isWanted.load(ordering: .sequentiallyConsistent) }

  /// Ends the poller soon; asking again does nothing.
  package func request() {
    isWanted.store(true, ordering: .sequentiallyConsistent)
    waker.withLock { $0?.wake() }
  }

  /// Whom to wake from now on.
  func attach(_ waker: Waker) {
    self.waker.withLock { $0 = waker }
    if isRequested { waker.wake() }
  }
}
