// The HTTP server: libmicrohttpd on one epoll thread, bridged to the engine.
import CMicroHTTPD
import Glibc
import Synchronization

/// Serves an engine on a socket until stopped.
///
/// Sendable because `daemon` is set once in `start` and used once in `stop`, and what the library's
/// thread shares with others is in `engine`, `waiters` and an atomic.
@safe final class Listener: @unchecked Sendable {
  private let door: Door
  private let engine: Engine
  private let waiters: Waiters
  private let bodyBytesMax: Int
  private let isStopping = Atomic(false)
  private var daemon: OpaquePointer?
  /// PEM texts the daemon was started with.
  private var identity: (key: UnsafeMutablePointer<CChar>, chain: UnsafeMutablePointer<CChar>)?

  /// Header lines, of which one connection can have this many bytes.
  private static let connectionMemoryBytes = 32 << 10
  /// Idle connections are closed after this; held-back answers are not idle.
  private static let idleSeconds: UInt32 = 75

  /// Takes over the socket.
  /// - Throws: `SimulatorError.cannotListen`.
  init(
    socket: ListenSocket, door: Door, engine: Engine, clock: SimulatorClock,
    limits: SimulatorLimits, identity: TLSIdentity? = nil
  ) throws(SimulatorError) {
    self.door = door
    self.engine = engine
    bodyBytesMax = limits.bodyBytes
    do {
      waiters = try Waiters(clock: clock)
    } catch {
      socket.close()
      throw error
    }
    let bounds = mhd_bounds(
      connection_memory_bytes: Listener.connectionMemoryBytes,
      connections: UInt32(limits.connections), idle_seconds: Listener.idleSeconds)
    // Unretained: `stop` ends the library's thread before this object can go.
    let context = unsafe Unmanaged.passUnretained(self).toOpaque()
    // Kept by this object for as long as the daemon runs, whatever the library copies.
    unsafe self.identity = identity.map { unsafe ($0.key.nulTerminated, $0.chain.nulTerminated) }
    let proof = unsafe mhd_identity(
      key: self.identity.map { unsafe UnsafePointer($0.key) },
      certificates: self.identity.map { unsafe UnsafePointer($0.chain) })
    unsafe daemon = mhd_start(
      socket.descriptor, bounds, proof,
      { context, connection, url, method, _, data, size, memory in
        let listener = unsafe Unmanaged<Listener>.fromOpaque(context!).takeUnretainedValue()
        return unsafe listener.handle(
          Connection(handle: connection!), url!, method!, data, size!, memory!)
      },
      { _, _, memory, _ in
        guard let exchange = unsafe memory!.pointee else { return }
        unsafe Unmanaged<Exchange>.fromOpaque(exchange).release()
        unsafe memory!.pointee = nil
      }, context)
    guard unsafe daemon != nil else {
      waiters.stop()
      throw SimulatorError.cannotListen("MHD_start_daemon refused")
    }
    engine.onChange { [waiters] in waiters.wakeAll() }
  }

  deinit {
    unsafe identity.map {
      unsafe free($0.key)
      unsafe free($0.chain)
    }
  }

  /// Closes every connection and ends the threads.
  func stop() {
    guard let daemon = unsafe daemon else { return }
    unsafe self.daemon = nil
    isStopping.store(true, ordering: .sequentiallyConsistent)
    waiters.stop()
    unsafe MHD_stop_daemon(daemon)
  }

  /// Called for a request's head, for each piece of its body, at its end, and after each resume
  /// (libmicrohttpd manual, MHD_AccessHandlerCallback). MHD_NO closes the connection.
  private func handle(
    _ connection: Connection, _ url: UnsafePointer<CChar>, _ method: UnsafePointer<CChar>,
    _ data: UnsafePointer<CChar>?, _ size: UnsafeMutablePointer<Int>,
    _ memory: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  ) -> MHD_Result {
    guard let known = unsafe memory.pointee else {
      let exchange = Exchange(bodyBytesMax: bodyBytesMax)
      unsafe memory.pointee = Unmanaged.passRetained(exchange).toOpaque()
      return .YES
    }
    let exchange = unsafe Unmanaged<Exchange>.fromOpaque(known).takeUnretainedValue()
    if unsafe size.pointee > 0 {
      let isWelcome = unsafe exchange.take(UnsafeBufferPointer(start: data, count: size.pointee))
      unsafe size.pointee = 0
      return isWelcome ? .YES : .NO
    }
    guard !isStopping.load(ordering: .sequentiallyConsistent) else { return .NO }
    let answer: Answer
    if case .wait(_, let again)? = exchange.answer {
      guard !Exchange.clientLeft(connection) else {
        engine.noteLeft()
        return .NO
      }
      answer = engine.again(at: door, again)
    } else {
      let request = unsafe exchange.request(
        connection, method: String(cString: method), path: String(cString: url))
      answer = engine.answer(request, at: door, isCut: exchange.isCut)
    }
    exchange.answer = answer
    return act(on: answer, connection)
  }

  private func act(on answer: Answer, _ connection: Connection) -> MHD_Result {
    switch answer {
    case .reply(let reply):
      let writer = reply.source.map { BodyWriter($0, to: connection, at: door, engine, waiters) }
      return Exchange.send(reply, on: connection, writer)
    case .drop: return .NO
    case .raw(let bytes, let resets):
      Exchange.sendRaw(bytes, on: connection, resets: resets)
      return .NO
    case .wait(let until, _):
      unsafe MHD_suspend_connection(connection.handle)
      waiters.add(connection, until: until)
      return .YES
    }
  }
}

extension String {
  /// A copy for C; the caller frees it.
  fileprivate var nulTerminated: UnsafeMutablePointer<CChar> { unsafe strdup(self) }
}
