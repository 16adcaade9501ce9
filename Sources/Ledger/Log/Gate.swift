// A lock between threads of one process that may be held over blocking calls.

import Synchronization

/// Mutual exclusion; `flock` alone does not exclude threads that share an open file.
final class Gate: Sendable {
  private let mutex = Mutex(())

  func pass<Value>(_ body: () throws -> Value) rethrows -> Value {
    try mutex.withLock { _ in try body() }
  }
}
