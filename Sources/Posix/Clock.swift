// The machine's clocks.

import Glibc

package enum Clock {
  /// Microseconds since the epoch by the wall clock, which people and NTP may move.
  package static func wallMicroseconds() -> Int64 { read(CLOCK_REALTIME) }

  /// Microseconds since boot, sleep included; nobody can move it.
  package static func bootMicroseconds() -> Int64 { read(CLOCK_BOOTTIME) }

  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }

  /// The kernel's name for this boot: unsynced files of another boot cannot be trusted.
  package static func bootID() throws(PosixError) -> String {
    let bytes = try File("/proc/sys/kernel/random/boot_id", O_RDONLY).read(count: 64)
    return String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
  }
}
