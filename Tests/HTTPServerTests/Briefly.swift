// For tests that wait for another thread.

import Glibc

/// A thousandth of a second.
func usleepBriefly() { usleep(1000) }
