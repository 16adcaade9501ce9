// Whether a poller works on this home: a job that nobody polls should not look as if it were
// waiting.

import Posix

extension Home {
  /// True when a process holds the lock on POLLER. Read from /proc/locks (proc(5)) rather than by
  /// trying the lock: a try would make a poller that starts at this moment stand by.
  package var isPollerActive: Bool {
    guard let file = try? FileSystem.status(poller),
      let locks = try? File("/proc/locks", 0).read(count: 1 << 20)
    else { return false }
    return String(decoding: locks, as: UTF8.self).split(separator: "\n").contains { line in
      let fields = line.split(separator: " ")
      return fields.contains("FLOCK") && fields.contains("WRITE") && !fields.contains("->")
        && fields.contains { $0.hasSuffix(":\(file.inode)") && $0.contains(":") }
    }
  }
}
