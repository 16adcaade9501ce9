// Notices that a file was written, by whichever process.

import Glibc

/// An inotify watch on one file (inotify(7)); readable when the file was written.
package final class FileWatch: Sendable {
  package let descriptor: Int32

  /// Nil when the kernel has no watch left; whoever waits must then look by himself.
  package init?(_ path: String) {
    let descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
    guard descriptor >= 0 else { return nil }
    guard unsafe inotify_add_watch(descriptor, path, UInt32(IN_MODIFY)) >= 0 else {
      close(descriptor)
      return nil
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Forgets what was noticed. Call before reading the file: what comes after is noticed again.
  package func drain() {
    var events = [UInt8](repeating: 0, count: 4096)
    while unsafe read(descriptor, &events, events.count) > 0 {}
  }
}
