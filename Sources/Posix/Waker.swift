// Calling a thread that waits in poll or epoll: an eventfd (eventfd(2)).

import CSystem
import Glibc

/// Makes whoever waits for its descriptor look. Safe from any thread.
package final class Waker: Sendable {
  /// Readable once somebody called.
  package let fileDescriptor: Int32

  /// - Throws: `PosixError` when no descriptor is left.
  package init() throws(PosixError) {
    fileDescriptor = csystem_eventfd()
    guard fileDescriptor >= 0 else { throw PosixError("eventfd", "") }
  }

  deinit { close(fileDescriptor) }

  /// Makes the current wait, or the next one, return. Never blocks; several calls make one.
  package func wake() {
    var one: UInt64 = 1
    // EAGAIN means that the counter is full: the wake-up is already there.
    _ = unsafe write(fileDescriptor, &one, 8)
  }

  /// Takes the call.
  package func drain() {
    var count: UInt64 = 0
    _ = unsafe read(fileDescriptor, &count, 8)
  }
}
