// The HTTP server: libmicrohttpd on a few epoll threads. It knows no routes: requests go to a
// handler, answers come back when they are ready, and connections sleep in between.
//
// Each thread is a daemon of the library's on a descriptor of its own of the one socket. In a pool
// of threads (`MHD_OPTION_THREAD_POOL_SIZE`) the library may abort when it stops accepting while
// one of them is about to do so (0.9.75, `MHD_quiesce_daemon`).
//
//     let server = try HTTPServer(socket, ServerBounds()) { request, responder in
//       responder.send(ServerReply(200, body: Array("hello".utf8)))
//     }
//     server.stop()

import CMicroHTTPD
import Glibc
import Posix
import Synchronization

/// A server on one listening socket.
///
/// `@unchecked Sendable`: `daemons` and `returned` belong to the thread that ends the server; the
/// rest is constant or behind the mutex.
@safe package final class HTTPServer: @unchecked Sendable {
  /// Called with each request, on the thread that its connection belongs to; must not block for
  /// long, for that thread has other connections.
  package typealias Handler = @Sendable (ServerRequest, Responder) -> Void

  private struct Open {
    var conversations: [ObjectIdentifier: Conversation] = [:]
    /// Each connection is closed behind its answer.
    var isDraining = false
    var isStopping = false
  }

  private let handler: Handler
  private let bounds: ServerBounds
  private let open = Mutex(Open())
  private var daemons: [OpaquePointer] = unsafe []
  private let socket: ListenSocket
  /// Descriptors of the listening socket once the library has given them back.
  private var returned: [Int32] = []

  /// Takes over the socket and answers from now on; over TLS where an identity is given.
  /// - Throws: `ListenError` when the library does not start.
  package init(
    _ socket: ListenSocket, _ bounds: ServerBounds, identity: ServerIdentity? = nil,
    handler: @escaping Handler
  ) throws(ListenError) {
    self.handler = handler
    self.socket = socket
    self.bounds = bounds
    // Each daemon counts an address's connections for itself: bounded, they need one daemon.
    let wanted = bounds.connectionsOfAnAddress > 0 ? 1 : bounds.threads
    let threads = max(1, min(wanted, bounds.connections))
    for number in 0..<threads {
      let descriptor = number == 0 ? socket.descriptor : try socket.another()
      // Together as many as there may be, and no more.
      let connections = (bounds.connections + threads - 1 - number) / threads
      guard let daemon = unsafe start(descriptor, connections, identity) else {
        throw ListenError(description: "the HTTP server does not start (errno \(errno))")
      }
      unsafe daemons.append(daemon)
    }
  }

  private func start(
    _ descriptor: Int32, _ connections: Int, _ identity: ServerIdentity?
  ) -> OpaquePointer? {
    guard let identity else {
      return unsafe start(descriptor, connections, mhd_identity(key: nil, certificates: nil))
    }
    return unsafe identity.key.withCString { key in
      unsafe identity.certificates.withCString { certificates in
        unsafe start(
          descriptor, connections, mhd_identity(key: key, certificates: certificates))
      }
    }
  }

  private func start(
    _ descriptor: Int32, _ connections: Int, _ identity: mhd_identity
  ) -> OpaquePointer? {
    let limits = mhd_bounds(
      connection_memory_bytes: bounds.headBytes, connections: UInt32(connections),
      connections_an_address: UInt32(bounds.connectionsOfAnAddress),
      idle_seconds: UInt32(bounds.idleSeconds))
    // Unretained: `stop` ends the library's threads before this object can go.
    let context = unsafe Unmanaged.passUnretained(self).toOpaque()
    return unsafe mhd_serve(
      descriptor, limits, identity,
      { context, target, connection in
        let server = unsafe Unmanaged<HTTPServer>.fromOpaque(context!).takeUnretainedValue()
        return unsafe server.begin(connection!, String(cString: target!))
      },
      { context, _, _, method, _, data, size, memory in
        let server = unsafe Unmanaged<HTTPServer>.fromOpaque(context!).takeUnretainedValue()
        return unsafe server.handle(method!, data, size!, memory!.pointee!)
      },
      { context, _, memory, _ in
        guard let known = unsafe memory!.pointee else { return }
        let server = unsafe Unmanaged<HTTPServer>.fromOpaque(context!).takeUnretainedValue()
        unsafe memory!.pointee = nil
        unsafe server.end(Unmanaged<Conversation>.fromOpaque(known).takeRetainedValue())
      }, context)
  }

  deinit { stop() }

  /// Requests that were begun and not finished, streams included.
  package var conversations: Int { open.withLock { $0.conversations.count } }

  /// Closes the listening socket and every connection. Once; again it does nothing.
  package func stop() {
    let daemons = unsafe daemons
    unsafe self.daemons = []
    guard unsafe !daemons.isEmpty else { return }
    // The library must not be stopped while a connection sleeps (microhttpd.h, MHD_stop_daemon).
    let all = open.withLock { open in
      open.isStopping = true
      return Array(open.conversations.values)
    }
    for conversation in all {
      conversation.settle(.drop)
      conversation.stream.stop()
    }
    unsafe daemons.forEach { unsafe MHD_stop_daemon($0) }
    for descriptor in returned { close(descriptor) }
  }

  /// Accepts no connection any more; what is connected goes on, and each connection is closed
  /// behind its next answer. Before `stop`, on the same thread.
  package func refuseConnections() {
    guard unsafe !daemons.isEmpty, returned.isEmpty else { return }
    open.withLock { $0.isDraining = true }
    // The socket must stay open until the library's threads have ended (MHD_quiesce_daemon).
    returned = unsafe daemons.map { unsafe MHD_quiesce_daemon($0) }
    // Who comes now is turned away at once instead of waiting in the kernel's queue; in that of the
    // service manager he waits for whoever is started next.
    if !socket.isPassedOn { _ = shutdown(socket.descriptor, Int32(SHUT_RDWR)) }
  }

  /// Waits until nothing is under way, at most so long.
  package func drain(seconds: Double) {
    let end = Clock.bootMicroseconds() + Int64(seconds * 1e6)
    var quietLooks = 0
    // A client that asks one thing after the other gets its answer, too: one quiet look is not all.
    while quietLooks < 4, Clock.bootMicroseconds() < end {
      quietLooks = conversations == 0 ? quietLooks + 1 : 0
      usleep(5000)
    }
  }

  /// MHD_OPTION_URI_LOG_CALLBACK: the first thing known of a request is its target.
  private func begin(
    _ connection: OpaquePointer, _ target: String
  ) -> UnsafeMutableRawPointer {
    let conversation = unsafe Conversation(
      connection, target: target, bodyBytesMax: bounds.bodyBytes)
    let isStopping = open.withLock { open in
      open.conversations[ObjectIdentifier(conversation)] = conversation
      return open.isStopping
    }
    // Whoever comes too late for `stop` to see must not sleep either.
    if isStopping { conversation.stream.stop() }
    return unsafe Unmanaged.passRetained(conversation).toOpaque()
  }

  private func end(_ conversation: Conversation) {
    conversation.end()
    open.withLock { _ = $0.conversations.removeValue(forKey: ObjectIdentifier(conversation)) }
  }

  /// MHD_AccessHandlerCallback: called for a request's head, for each piece of its body, at its
  /// end, and after each resume. MHD_NO closes the connection.
  private func handle(
    _ method: UnsafePointer<CChar>, _ data: UnsafePointer<CChar>?,
    _ size: UnsafeMutablePointer<Int>, _ memory: UnsafeMutableRawPointer
  ) -> MHD_Result {
    let conversation = unsafe Unmanaged<Conversation>.fromOpaque(memory).takeUnretainedValue()
    guard conversation.hasHead else {
      conversation.hasHead = true
      return .YES
    }
    if unsafe size.pointee > 0 {
      let piece = unsafe UnsafeRawBufferPointer(start: data, count: size.pointee)
      unsafe size.pointee = 0
      return unsafe conversation.take(piece) ? .YES : .NO
    }
    if !conversation.isHandedOver {
      conversation.isHandedOver = true
      let request = unsafe conversation.request(method: String(cString: method))
      handler(request, Responder(conversation))
      if open.withLock({ $0.isStopping }) { conversation.settle(.drop) }
    }
    switch conversation.answerOrSleep() {
    case nil: return .YES
    case .drop: return .NO
    case .reply(let reply):
      let isLast = open.withLock { $0.isDraining }
      return Sending.send(isLast ? reply.adding("Connection", "close") : reply, on: conversation)
    case .stream(let head):
      conversation.forgetAnswer()
      return Sending.stream(head, on: conversation, pieceBytes: bounds.pieceBytes)
    case .raw(let bytes, let resets):
      Sending.raw(bytes, resets: resets, on: conversation)
      return .NO
    }
  }
}
