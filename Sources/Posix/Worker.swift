// A thread of our own, for work that must stay on one.

import CSystem
import Glibc
import Synchronization

/// A thread that runs one closure.
package final class Worker: Sendable {
  private final class Body: Sendable {
    let name: String
    let run: @Sendable () -> Void
    init(_ name: String, _ run: @escaping @Sendable () -> Void) {
      self.name = name
      self.run = run
    }
  }

  private let thread = Mutex<pthread_t?>(nil)

  package init() {}

  /// Starts the thread. Once per worker.
  package func start(named name: String, _ body: @escaping @Sendable () -> Void) {
    let body = unsafe Unmanaged.passRetained(Body(name, body)).toOpaque()
    var thread: pthread_t = 0
    let code = unsafe pthread_create(
      &thread, nil,
      { argument in
        let body = unsafe Unmanaged<Body>.fromOpaque(argument!).takeRetainedValue()
        unsafe csystem_name_thread(body.name)
        body.run()
        return nil
      }, body)
    precondition(code == 0, "a thread can be created")
    self.thread.withLock { [thread] in $0 = thread }
  }

  /// Waits until the closure has returned.
  package func join() {
    guard let thread = thread.withLock({ $0.take() }) else { return }
    pthread_join(thread, nil)
  }
}
