// The service manager's view of this process: told when it works, that it lives, and when it ends
// (sd_notify(3), systemd.service(5) `Type=notify` and `WatchdogSec=`). Without one nothing happens.

import Glibc
import Posix

/// Signs of life to the service manager, from a thread of its own, as long as the others live.
final class Supervision: Sendable {
  private let manager: ServiceManager?
  private let waker: Waker?
  private let worker = Worker()

  /// - Parameters:
  ///   - status: a line for `systemctl status`.
  ///   - isAlive: asked before each sign of life; must not wait.
  init(_ status: String, isAlive: @escaping @Sendable () -> Bool) {
    let manager = ServiceManager()
    self.manager = manager
    waker = try? Waker()
    manager?.ready(status)
    // Half the interval is what sd_watchdog_enabled(3) advises.
    guard let manager, let waker, let seconds = manager.watchdogSeconds else { return }
    worker.start(named: "ledger-watchdog") {
      repeat {
        if isAlive() { manager.isAlive() }
      } while !Supervision.isCalled(waker, afterSeconds: seconds / 2)
    }
  }

  /// The end begins. Signs of life go on until `stop`.
  func ending() { manager?.stopping() }

  func stop() {
    waker?.wake()
    worker.join()
  }

  private static func isCalled(_ waker: Waker, afterSeconds seconds: Double) -> Bool {
    var descriptor = pollfd(fd: waker.fileDescriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&descriptor, 1, Int32(clamping: Int64(max(1, seconds * 1000)))) > 0
  }
}
