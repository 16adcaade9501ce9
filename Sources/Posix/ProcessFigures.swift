// What this process takes of the machine (proc(5)).

import Glibc

/// Figures of this process, now.
package struct ProcessFigures: Sendable {
  /// Memory in use, bytes; pages of mapped files that are in memory count.
  package let residentBytes: UInt64
  package let openDescriptors: Int
  /// Descriptors it may have open (getrlimit(2)).
  package let maxDescriptors: UInt64
  /// Processor time so far, user and system, seconds.
  package let processorSeconds: Double
  package let threads: Int

  /// Nil where /proc tells nothing.
  package init?() {
    guard let fields = ProcessFigures.stat() else { return nil }
    let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
    // Fields 14, 15, 20 and 24 of proc_pid_stat(5); the first after the name is field 3.
    guard fields.count > 21, let user = Double(fields[11]), let system = Double(fields[12]),
      let threads = Int(fields[17]), let pages = UInt64(fields[21]), ticks > 0
    else { return nil }
    processorSeconds = (user + system) / ticks
    self.threads = threads
    residentBytes = pages * UInt64(sysconf(Int32(_SC_PAGESIZE)))
    // The list is read through a descriptor of its own.
    openDescriptors = max(0, ((try? FileSystem.list("/proc/self/fd"))?.count ?? 1) - 1)
    var limit = rlimit()
    _ = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    maxDescriptors = UInt64(limit.rlim_cur)
  }

  /// The fields behind the program's name, which may hold anything.
  private static func stat() -> [Substring]? {
    guard let bytes = try? File("/proc/self/stat", O_RDONLY).read(count: 4096) else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    guard let end = text.lastIndex(of: ")") else { return nil }
    return text[text.index(after: end)...].split(separator: " ")
  }
}
