// What is to be looked at later, and the one thread that looks: answers held back, bodies that
// pause.
import Glibc
import Posix
import Synchronization

/// Calls at their moment, or earlier: asking early must be harmless.
final class Agenda: Sendable {
  typealias Look = @Sendable () -> Void

  private struct State {
    var waiting: [(look: Look, at: Int64)] = []
    var wakesAll = false
    var isStopped = false
  }

  /// A connection that waits does not notice that its client left (libmicrohttpd manual,
  /// MHD_suspend_connection); so each one is looked at this often.
  private static let heartbeatMicroseconds: Int64 = 1_000_000

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

  /// Calls `look` at this moment (microseconds since the start), at a heartbeat, or when everything
  /// is looked at; once. After the end it is let go uncalled.
  func add(at moment: Int64, _ look: @escaping Look) {
    let at = min(moment, clock.elapsedMicroseconds + Agenda.heartbeatMicroseconds)
    state.withLock { state in
      if !state.isStopped { state.waiting.append((look, at)) }
    }
    waker.wake()
  }

  /// Has everything looked at: what some of it waits for has moved.
  func lookAtAll() {
    state.withLock { $0.wakesAll = true }
    waker.wake()
  }

  /// Lets go of what waits, and of whatever comes later.
  func stop() {
    state.withLock { $0.isStopped = true }
    waker.wake()
    worker.join()
    // Outside the lock: what is let go may answer its client.
    let rest = state.withLock { state in
      let rest = state.waiting
      state.waiting = []
      return rest
    }
    _ = consume rest
  }

  private func run() {
    while true {
      let now = clock.elapsedMicroseconds
      let (due, next, isStopped) = take(now)
      if isStopped { return }
      for look in due { look() }
      if due.isEmpty { sleep(next.map { $0 - now }) }
    }
  }

  private func take(_ now: Int64) -> (due: [Look], next: Int64?, isStopped: Bool) {
    state.withLock { state in
      if state.isStopped { return ([], nil, true) }
      let all = state.wakesAll
      let due = state.waiting.filter { all || $0.at <= now }.map(\.look)
      state.waiting.removeAll { all || $0.at <= now }
      state.wakesAll = false
      return (due, state.waiting.map(\.at).min(), false)
    }
  }

  /// Until a call, or for this long on a clock that runs.
  private func sleep(_ microseconds: Int64?) {
    var timeout: Int32 = -1
    if let microseconds, !clock.isStill {
      timeout = Int32(clamping: (max(microseconds, 0) + 999) / 1000)
    }
    var wait = pollfd(fd: waker.fileDescriptor, events: Int16(POLLIN), revents: 0)
    if unsafe poll(&wait, 1, timeout) > 0 { waker.drain() }
  }
}
