// Time for timeouts: CLOCK_MONOTONIC, which no one can set.

import Glibc

enum MonotonicClock {
  /// Microseconds since some fixed moment.
  static var microseconds: Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}
