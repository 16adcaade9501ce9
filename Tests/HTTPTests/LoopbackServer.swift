// A real HTTP server on loopback that can also do what real servers do on bad days. One thread per
// connection, blocking calls, counters that a test may read while it runs.

import Glibc
import Synchronization

/// One request as it arrived.
struct ReceivedRequest: Sendable {
  var connection: Int
  /// `GET /path?query HTTP/1.1`.
  var line: String
  /// All header lines, in order, without line ends.
  var fields: [String]
  var body: [UInt8]

  var path: String { String(line.split(separator: " ")[1]) }
}

/// What the server does with a request.
enum ServerAct: Sendable {
  /// 200, this body, connection kept.
  case answer(String)
  /// These bytes as they are, connection kept.
  case raw(String)
  /// These bytes, then the connection is closed.
  case rawThenClose(String)
  /// These bytes, then a reset (RST).
  case rawThenReset(String)
  /// The bytes, then the chunk for ever.
  case endless(String, chunk: String)
  /// The bytes one at a time for ever, this many milliseconds apart.
  case drip(String, milliseconds: UInt32)
  /// Nothing, until the client leaves.
  case silence
}

final class LoopbackServer: Sendable {
  typealias Handler = @Sendable (ReceivedRequest) -> ServerAct

  private struct Counters: Sendable {
    var connections = 0
    var requests: [ReceivedRequest] = []
    var open: Set<Int32> = []
    var isStopped = false
  }

  let port: UInt16
  private let listener: Int32
  private let counters = Mutex(Counters())
  private let handler: Handler
  /// Connections are closed at once, unread.
  private let closesAtOnce: Bool

  /// Listens on a port of the kernel's choice, so that every spelling of loopback leads here.
  init(closesAtOnce: Bool = false, _ handler: @escaping Handler) {
    self.handler = handler
    self.closesAtOnce = closesAtOnce
    listener = Sockets.make(AF_INET6)
    port = Sockets.bindEverywhere(listener)
    precondition(listen(listener, 1024) == 0, "cannot listen on loopback")
    startThread { self.accepting() }
  }

  var url: String { "http://127.0.0.1:\(port)" }
  var openConnections: Int { counters.withLock { $0.open.count } }
  var connections: Int { counters.withLock { $0.connections } }
  var requests: [ReceivedRequest] { counters.withLock { $0.requests } }

  /// The connections made so far. The queue of connections is first in, first out: once a request
  /// on one more connection has been read, every earlier connection has been counted.
  func settledConnections() -> Int {
    let probe = Sockets.make(AF_INET)
    defer { close(probe) }
    precondition(Sockets.connectLoopback(probe, port: port))
    precondition(send("GET /probe HTTP/1.1\r\n\r\n", on: probe))
    while !requests.contains(where: { $0.path == "/probe" }) { usleep(1000) }
    return connections - 1
  }

  func stop() {
    counters.withLock {
      $0.isStopped = true
      for connection in $0.open { shutdown(connection, Int32(SHUT_RDWR)) }
    }
    shutdown(listener, Int32(SHUT_RDWR))
  }

  private func accepting() {
    while true {
      let connection = accept(listener, nil, nil)
      if connection < 0 {
        if errno == EINTR || errno == ECONNABORTED { continue }
        break
      }
      let number: Int? = counters.withLock {
        if $0.isStopped { return nil }
        $0.connections += 1
        $0.open.insert(connection)
        return $0.connections
      }
      guard let number else {
        close(connection)
        break
      }
      startThread {
        if !self.closesAtOnce { self.serve(connection, number) }
        // Together: the number may be another connection's as soon as it is closed.
        self.counters.withLock {
          $0.open.remove(connection)
          close(connection)
        }
      }
    }
    close(listener)
  }

  private func serve(_ connection: Int32, _ number: Int) {
    var input = ServerInput(connection)
    while let request = input.request(number) {
      counters.withLock { $0.requests.append(request) }
      guard perform(handler(request), on: connection) else { return }
    }
  }

  /// False: the connection is over.
  private func perform(_ act: ServerAct, on connection: Int32) -> Bool {
    switch act {
    case .answer(let body):
      let head = "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
      return send(head + body, on: connection)
    case .raw(let text):
      return send(text, on: connection)
    case .rawThenClose(let text):
      _ = send(text, on: connection)
      return false
    case .rawThenReset(let text):
      _ = send(text, on: connection)
      var linger = linger(l_onoff: 1, l_linger: 0)
      setsockopt(
        connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
      return false
    case .endless(let text, let chunk):
      guard send(text, on: connection) else { return false }
      while send(chunk, on: connection) {}
      return false
    case .drip(let text, let milliseconds):
      while true {
        for byte in text.utf8 {
          guard send(String(UnicodeScalar(byte)), on: connection) else { return false }
          usleep(milliseconds * 1000)
        }
      }
    case .silence:
      var byte: UInt8 = 0
      while recv(connection, &byte, 1, 0) > 0 {}
      return false
    }
  }

  private func send(_ text: String, on connection: Int32) -> Bool {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes {
        Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return false }
      bytes = bytes.dropFirst(count)
    }
    return true
  }
}

/// Reads requests off one connection.
private struct ServerInput {
  let connection: Int32
  var buffer: [UInt8] = []

  init(_ connection: Int32) { self.connection = connection }

  mutating func request(_ number: Int) -> ReceivedRequest? {
    guard let line = line(), !line.isEmpty else { return nil }
    var request = ReceivedRequest(connection: number, line: line, fields: [], body: [])
    var length = 0
    while let field = self.line() {
      if field.isEmpty {
        guard let body = take(length) else { return nil }
        request.body = body
        return request
      }
      if field.lowercased().hasPrefix("content-length:") {
        length = Int(field.dropFirst(15).filter(\.isNumber)) ?? 0
      }
      request.fields.append(field)
    }
    return nil
  }

  private mutating func more() -> Bool {
    var part = [UInt8](repeating: 0, count: 16384)
    let count = recv(connection, &part, part.count, 0)
    if count <= 0 { return false }
    buffer.append(contentsOf: part[..<count])
    return true
  }

  private mutating func line() -> String? {
    while true {
      if let end = buffer.firstIndex(of: 0x0A) {
        let line = String(decoding: buffer[..<end].filter { $0 != 0x0D }, as: UTF8.self)
        buffer.removeFirst(end + 1)
        return line
      }
      guard more() else { return nil }
    }
  }

  private mutating func take(_ count: Int) -> [UInt8]? {
    while buffer.count < count { guard more() else { return nil } }
    defer { buffer.removeFirst(count) }
    return Array(buffer[..<count])
  }
}

/// A detached thread.
func startThread(_ work: @escaping @Sendable () -> Void) {
  final class Box {
    let work: @Sendable () -> Void
    init(_ work: @escaping @Sendable () -> Void) { self.work = work }
  }
  var thread = pthread_t()
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
  pthread_attr_setstacksize(&attributes, 256 << 10)
  let context = Unmanaged.passRetained(Box(work)).toOpaque()
  let code = pthread_create(
    &thread, &attributes,
    { context in
      Unmanaged<Box>.fromOpaque(context!).takeRetainedValue().work()
      return nil
    }, context)
  precondition(code == 0)
  pthread_attr_destroy(&attributes)
}
