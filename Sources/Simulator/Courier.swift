// Carries messages to webhooks: one thread, plain HTTP, and nowhere but to this machine.
import Glibc
import HTTP
import Posix
import Synchronization

/// The thread that delivers.
final class Courier: Sendable {
  private struct State {
    var waker: Waker?
    var isStopped = false
  }

  private let engine: Engine
  private let clock: SimulatorClock
  private let state = Mutex(State())
  private let worker = Worker()

  /// Requests on their way at once.
  private static let connections = 64
  /// A receiver's answer beyond this is a failure, bytes.
  private static let replyBytesMax = 1 << 20

  init(engine: Engine, clock: SimulatorClock) {
    self.engine = engine
    self.clock = clock
    worker.start(named: "simulator-mail") { self.run() }
    engine.onChange { [weak self] in self?.wake() }
    clock.onAdvance { [weak self] in self?.wake() }
  }

  private func wake() { state.withLock { $0.waker }?.wake() }

  /// Ends the thread; what was not delivered is not.
  func stop() {
    state.withLock { $0.isStopped = true }
    wake()
    worker.join()
  }

  private func run() {
    let configuration = Multi.Configuration(
      version: "simulator", connections: Courier.connections, allowLoopback: true)
    guard let multi = try? Multi(configuration) else { return }
    state.withLock { $0.waker = multi.waker }
    var flying: [UInt64: Parcel] = [:]
    var waiting: [Parcel] = []
    var tag: UInt64 = 0
    while !state.withLock({ $0.isStopped }) {
      let (due, nextAt) = engine.takeMail()
      waiting += due
      while multi.hasCapacity, !waiting.isEmpty {
        let parcel = waiting.removeFirst()
        guard let request = request(for: parcel) else { continue }
        tag += 1
        flying[tag] = parcel
        multi.start(request, tag: tag)
      }
      for completion in multi.wait(timeoutMilliseconds: pause(until: nextAt)) {
        guard let parcel = flying.removeValue(forKey: completion.tag) else { continue }
        engine.settle(parcel, status: (try? completion.result.get())?.status)
      }
    }
  }

  /// Nil, and counted, when the receiver is not on this machine.
  private func request(for parcel: Parcel) -> HTTPRequest? {
    guard let (url, headers, body, patience) = engine.letter(parcel) else { return nil }
    guard Courier.isLocal(url) else {
      engine.noteElsewhere(parcel)
      return nil
    }
    return HTTPRequest(
      .post, url, headers: HTTPHeaders(headers), body: body, connectTimeoutSeconds: patience,
      totalTimeoutSeconds: patience, maxResponseBytes: Courier.replyBytesMax, mustNotRepeat: true)
  }

  /// Whether a URL names this machine by address, or as localhost. User names are refused by
  /// `HTTPRequest`.
  static func isLocal(_ url: String) -> Bool {
    guard let scheme = ["http://", "https://"].first(where: url.hasPrefix) else { return false }
    let rest = url.dropFirst(scheme.count)
    if rest.hasPrefix("[::1]") { return true }
    let host = rest.prefix { !":/?#@".contains($0) }
    if host == "localhost" { return true }
    guard case .v4(let number)? = IPAddress(host: String(host)) else { return false }
    return number >> 24 == 127
  }

  private func pause(until moment: Int64?) -> Int {
    guard let moment, !clock.isStill else { return 60_000 }
    return Int(min(max(moment - clock.elapsedMicroseconds, 0) / 1000 + 1, 60_000))
  }
}
