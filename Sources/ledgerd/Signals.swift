// SIGTERM and SIGINT, taken as messages: blocked everywhere and waited for in one place, so that no
// handler interrupts anything (signal-safety(7)).

import CommandLine
import Glibc
import Synchronization

/// The signals that end a program.
enum Signals {
  private static let ending = [SIGTERM, SIGINT]

  /// Call before the first thread is made: threads inherit the mask (pthread_sigmask(3)).
  static func block() {
    var set = endingSet()
    _ = unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// The next signal that ends the program.
  static func wait() -> Int32 {
    var set = endingSet()
    var number: Int32 = 0
    while unsafe sigwait(&set, &number) != 0 {}
    return number
  }

  /// SIGTERM is how a service is ended; SIGINT is a person's.
  static func exitCode(_ number: Int32) -> ExitCode { number == SIGINT ? .interrupted : .ok }

  private static func endingSet() -> sigset_t {
    var set = sigset_t()
    _ = unsafe sigemptyset(&set)
    for number in ending { _ = unsafe sigaddset(&set, number) }
    return set
  }
}

/// Waits for the first signal in a thread of its own. A second one ends the process at once: a
/// poller may be killed at any point, and nothing is lost.
final class SignalWatch: Sendable {
  private let first = Atomic<Int32>(0)
  private let body: @Sendable () -> Void

  /// - Parameter body: called on the first signal.
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }

  /// What the program ends with when a signal ended it.
  var exitCode: ExitCode { Signals.exitCode(first.load(ordering: .sequentiallyConsistent)) }

  func start() {
    var thread = pthread_t()
    let context = unsafe Unmanaged.passRetained(self).toOpaque()
    let code = unsafe pthread_create(
      &thread, nil,
      { context in
        let watch = unsafe Unmanaged<SignalWatch>.fromOpaque(context!).takeRetainedValue()
        watch.first.store(Signals.wait(), ordering: .sequentiallyConsistent)
        watch.body()
        _exit(Signals.exitCode(Signals.wait()).rawValue)
      }, context)
    precondition(code == 0, "no thread to wait for signals")
    pthread_detach(thread)
  }
}
