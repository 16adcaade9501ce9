// The one way into a `Multi` from another thread: an eventfd in its epoll set (eventfd(2)).

import CSystem
import Glibc

/// Makes a `Multi.wait` return. Safe from any thread and after the `Multi` is gone.
package final class Waker: Sendable {
  let fileDescriptor: Int32

  /// - Throws: `HTTPError` of kind `localResources`.
  init() throws(HTTPError) {
    fileDescriptor = csystem_eventfd()
    guard fileDescriptor >= 0 else {
      throw .refused(.localResources, "no descriptor left for a wake-up (errno \(errno))")
    }
  }

  deinit { close(fileDescriptor) }

  /// Makes the current `wait`, or the next one, return. Never blocks; several calls make one.
  package func wake() {
    var one: UInt64 = 1
    // EAGAIN means that the counter is full: the wake-up is already there.
    _ = unsafe write(fileDescriptor, &one, 8)
  }

  func drain() {
    var count: UInt64 = 0
    _ = unsafe read(fileDescriptor, &count, 8)
  }
}
