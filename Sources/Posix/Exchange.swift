// Putting a directory in another one's place while others look: no moment without either.

import CSystem
import Glibc

extension FileSystem {
  /// Swaps what two names stand for, in one step (renameat2(2), `RENAME_EXCHANGE`).
  /// - Throws: `PosixError`; `EINVAL` on a file system that cannot (all local ones of today can).
  package static func exchange(_ one: String, with other: String) throws(PosixError) {
    guard unsafe csystem_exchange(one, other) == 0 else { throw PosixError("exchange", other) }
  }
}
