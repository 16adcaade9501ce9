// Connections whose answer is held back, and the one thread that wakes them.
import CMicroHTTPD
import Glibc
import Posix
import Synchronization

/// A connection of the HTTP library.
///
/// Sendable because the library allows MHD_resume_connection from any thread; everything else that
/// is done with it is done on the library's own thread.
@safe struct Connection: @unchecked Sendable {
  let handle: OpaquePointer
}

/// Suspended connections and when to look at them again.
final class Waiters: Sendable {
  private struct State {
    var waiting: [(connection: Connection, lookAt: Int64)] = []
    var wakesAll = false
    var isStopped = false
  }

  /// A suspended connection does not notice that its client left (libmicrohttpd manual,
  /// MHD_suspend_connection); so each one is looked at this often.
  static let heartbeatMicroseconds: Int64 = 1_000_000

  private let clock: SimulatorClock
  private let state = Mutex(State())
  private let waker: Waker
  private let worker = Worker()

  /// - Throws: `SimulatorError.cannotListen` when no descriptor is left.
  init(clock: SimulatorClock) throws(SimulatorError) {
    self.clock = clock
    do {
      waker = try Waker()
    } catch {
      throw SimulatorError.cannotListen("\(error)")
    }
    worker.start(named: "simulator-wait") { self.run() }
    clock.onAdvance { [weak self] in self?.waker.wake() }
  }

  /// Remembers a connection that is suspended already: one that is remembered first could be
  /// resumed before it is suspended, and would then wait for ever.
  func add(_ connection: Connection, until moment: Int64) {
    let lookAt = min(moment, clock.elapsedMicroseconds + Waiters.heartbeatMicroseconds)
    let isStopped = state.withLock { state in
      if !state.isStopped { state.waiting.append((connection, lookAt)) }
      return state.isStopped
    }
    if isStopped { unsafe MHD_resume_connection(connection.handle) } else { waker.wake() }
  }

  /// Has every connection looked at: what some of them wait for has moved.
  func wakeAll() {
    state.withLock { $0.wakesAll = true }
    waker.wake()
  }

  /// Whether nothing may wait any more.
  var isStopped: Bool { state.withLock { $0.isStopped } }

  /// Resumes what waits and lets nothing wait any more.
  func stop() {
    state.withLock { $0.isStopped = true }
    waker.wake()
    worker.join()
  }

  private func run() {
    var isStopped = false
    while !isStopped {
      let now = clock.elapsedMicroseconds
      let due: [Connection]
      let next: Int64?
      (due, next, isStopped) = take(now)
      for connection in due { unsafe MHD_resume_connection(connection.handle) }
      if !isStopped { sleep(next.map { $0 - now }) }
    }
  }

  private func take(_ now: Int64) -> (due: [Connection], next: Int64?, isStopped: Bool) {
    state.withLock { state in
      let all = state.wakesAll || state.isStopped
      let due = state.waiting.filter { all || $0.lookAt <= now }.map(\.connection)
      state.waiting.removeAll { all || $0.lookAt <= now }
      state.wakesAll = false
      return (due, state.waiting.map(\.lookAt).min(), state.isStopped)
    }
  }

  /// Until a signal, or for this long on a clock that runs.
  private func sleep(_ microseconds: Int64?) {
    var timeout: Int32 = -1
    if let microseconds, !clock.isStill {
      timeout = Int32(clamping: (max(microseconds, 0) + 999) / 1000)
    }
    var wait = pollfd(fd: waker.fileDescriptor, events: Int16(POLLIN), revents: 0)
    if unsafe poll(&wait, 1, timeout) > 0 { waker.drain() }
  }
}
