// Waiting for another thread.

import Glibc

/// A condition variable with its own mutex.
///
/// `@unchecked Sendable`: the two C objects are allocated once, never moved (a `pthread_mutex_t` as
/// a stored property would be), and made for use by many threads.
@safe package final class Condition: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  package init() {
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(condition, nil)
  }

  deinit {
    unsafe pthread_cond_destroy(condition)
    unsafe pthread_mutex_destroy(mutex)
    unsafe condition.deallocate()
    unsafe mutex.deallocate()
  }

  /// Wakes every waiter, who looks again.
  package func signal() {
    unsafe pthread_mutex_lock(mutex)
    unsafe pthread_cond_broadcast(condition)
    unsafe pthread_mutex_unlock(mutex)
  }

  /// Waits until `look` finds something. It is called with the mutex held, so that a signal between
  /// a look and the wait is not lost.
  package func wait<Value>(_ look: () -> Value?) -> Value {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while true {
      if let value = look() { return value }
      unsafe pthread_cond_wait(condition, mutex)
    }
  }
}
