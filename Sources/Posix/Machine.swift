// This process and its surroundings: environment, user, executable, namespace, randomness.

import CSystem
import Glibc

package enum Machine {
  /// The value of an environment variable; nil when unset.
  package static func environment(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
  }

  /// The login name. A static executable has no NSS, so the environment, else the user's number.
  package static func userName() -> String {
    environment("USER") ?? environment("LOGNAME") ?? "uid-\(getuid())"
  }

  /// Processors of the machine that are on, 1 at least.
  package static var processors: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  /// `count` bytes from the kernel's random generator (`getrandom(2)`).
  package static func randomBytes(_ count: Int) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = 0
      while filled < count {
        let part = unsafe csystem_getrandom(buffer.baseAddress! + filled, count - filled)
        precondition(part > 0 || errno == EINTR, "getrandom cannot fail on a running kernel")
        if part > 0 { filled += part }
      }
    }
  }

  /// The path of the running executable.
  package static func executablePath() throws(PosixError) -> String {
    try readLink("/proc/self/exe")
  }

  /// Names this process's PID namespace. LMDB's reader table tells processes apart by PID, so all
  /// users of a home must share one (lmdb.h, "Caveats").
  package static func pidNamespace() throws(PosixError) -> String {
    try readLink("/proc/self/ns/pid")
  }

  private static func readLink(_ path: String) throws(PosixError) -> String {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = unsafe buffer.withUnsafeMutableBytes { bytes in
      unsafe readlink(path, bytes.baseAddress!.assumingMemoryBound(to: CChar.self), bytes.count)
    }
    guard count >= 0 else { throw PosixError("readlink", path) }
    return String(decoding: buffer[..<count], as: UTF8.self)
  }
}
