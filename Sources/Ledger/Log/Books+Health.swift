// Whether the books can be read and written: what a load balancer and a service manager ask.

import Posix
import Synchronization

extension Books {
  /// Why nothing is acknowledged any more; nil when all is well. Never waits.
  package internal(set) var poison: String? {
    get { poisoned.withLock { $0 } }
    set { poisoned.withLock { $0 = newValue } }
  }

  /// Free bytes on the home's file system, as far as an unprivileged writer may use them.
  /// - Throws: `PosixError`.
  package func freeBytes() throws -> UInt64 { try FileSystem.freeBytes(home.path) }
}

extension Snapshot {
  /// Free bytes below which nothing is written (policy `disk_floor`).
  package mutating func diskFloor() throws -> UInt64 {
    try views.policy(Policy.diskFloor).flatMap(UInt64.init) ?? Books.diskFloor
  }
}
