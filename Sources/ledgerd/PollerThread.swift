// The poller in a thread of its own, beside a server in the same process.

import CommandLine
import Ledger
import Poller
import Posix
import Synchronization

/// A poller that works until it is stopped.
final class PollerThread: Sendable {
  /// A poller that took no turn for so long is stuck, seconds.
  static let stuckSeconds = 30.0

  private let stopping = Stop()
  private let pulse = Pulse()
  private let worker = Worker()
  private let failure = Mutex<(any Error)?>(nil)

  /// - Parameter ended: called for when the poller fails, for a server that looks after jobs must
  ///   not go on without it.
  init(_ books: Books, _ output: Output, _ ended: Ending) {
    var options = PollerOptions(.daemon)
    options.allowLoopback = Machine.environment("LEDGER_DEV") == "1"
    options.version = Product.version
    options.stop = stopping
    options.pulse = pulse
    worker.start(named: "ledger-poller") { [options, unowned self] in
      do {
        let poller = Poller(books, options) { notice in
          switch notice.level {
          case .warning: output.warning(notice.text)
          case .note: output.note(notice.text)
          case .detail: break
          }
        }
        _ = try poller.run()
      } catch {
        self.failure.withLock { $0 = error }
        ended.request()
      }
    }
  }

  /// Whether it takes its turns, or waits for the poller that is active.
  var isAlive: Bool { pulse.busySeconds < PollerThread.stuckSeconds }

  /// Has it end, without waiting for that.
  func request() { stopping.request() }

  /// Ends it and waits for that.
  /// - Throws: what it failed with.
  func stop() throws {
    stopping.request()
    worker.join()
    if let error = failure.withLock({ $0 }) { throw error }
  }
}
