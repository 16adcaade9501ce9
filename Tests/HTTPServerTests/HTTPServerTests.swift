// The HTTP server by itself: bounds, late answers, streams, and how it ends.

import HTTPServer
import Posix
import Support
import Synchronization
import Testing

/// A server whose handler a test gives.
final class Running: Sendable {
  let server: HTTPServer
  let port: Int

  init(
    _ adjust: (inout ServerBounds) -> Void = { _ in }, handler: @escaping HTTPServer.Handler
  ) throws {
    var bounds = ServerBounds()
    adjust(&bounds)
    let socket = try ListenSocket("127.0.0.1:0", sendBufferBytes: bounds.sendBufferBytes)
    port = socket.port
    server = try HTTPServer(socket, bounds, handler: handler)
  }

  deinit { server.stop() }

  func connect() throws -> WebConnection { try WebConnection(port: port) }

  /// Answers with what arrived.
  static func echo(_ request: ServerRequest, _ responder: Responder) {
    let text = [
      request.method, request.target, "\(request.body.count)", "\(request.isCut)", request.client,
      request.segments?.joined(separator: "|") ?? "none",
    ]
    responder.send(ServerReply(200, body: Array(text.joined(separator: " ").utf8)))
  }
}

@Suite("The HTTP server") struct HTTPServerTests {
  @Test("a request arrives as it was sent, escapes in place and undone")
  func request() throws {
    let running = try Running(handler: Running.echo)
    let connection = try running.connect()
    connection.send("PUT", "/a%2Fb/c?d=%20", body: [1, 2, 3])
    #expect(try connection.reply().text == "PUT /a%2Fb/c?d=%20 3 false 127.0.0.1 a/b|c")
  }

  @Test("several requests share a connection, also when they are sent at once")
  func pipeline() throws {
    let running = try Running(handler: Running.echo)
    let connection = try running.connect()
    for number in 0..<5 { connection.send("GET", "/\(number)") }
    for number in 0..<5 {
      #expect(try connection.reply().text.hasPrefix("GET /\(number) 0 false"))
    }
  }

  @Test("an answer may come from another thread long after, and others are not kept waiting")
  func late() throws {
    let kept = Mutex<[Responder]>([])
    let running = try Running { request, responder in
      if request.target == "/late" {
        kept.withLock { $0.append(responder) }
      } else {
        Running.echo(request, responder)
      }
    }
    let late = try (0..<20).map { _ in try running.connect() }
    for connection in late { connection.send("GET", "/late") }
    let other = try running.connect()
    other.send("GET", "/now")
    #expect(try other.reply().status == 200)
    while kept.withLock({ $0.count }) < 20 { usleepBriefly() }
    for responder in kept.withLock({ $0 }) { responder.send(ServerReply(204)) }
    for connection in late { #expect(try connection.reply().status == 204) }
  }

  @Test("with two threads, a handler that takes long keeps nobody waiting who comes after it")
  func threads() throws {
    let hasBegun = Atomic(false)
    let isOver = Atomic(false)
    let running = try Running {
      $0.threads = 2
    } handler: { request, responder in
      if request.target == "/long" {
        hasBegun.store(true, ordering: .relaxed)
        while !isOver.load(ordering: .relaxed) { usleepBriefly() }
      }
      Running.echo(request, responder)
    }
    defer { isOver.store(true, ordering: .relaxed) }
    let long = try running.connect()
    long.send("GET", "/long")
    while !hasBegun.load(ordering: .relaxed) { usleepBriefly() }
    let next = try running.connect()
    next.send("GET", "/next")
    #expect(try next.reply().text.hasPrefix("GET /next"))
    isOver.store(true, ordering: .relaxed)
    #expect(try long.reply().text.hasPrefix("GET /long"))
  }

  @Test("the first answer counts, and who is never answered is dropped")
  func once() throws {
    let running = try Running { request, responder in
      guard request.target == "/twice" else { return }
      responder.send(ServerReply(200))
      responder.send(ServerReply(500))
    }
    let twice = try running.connect()
    twice.send("GET", "/twice")
    #expect(try twice.reply().status == 200)
    let never = try running.connect()
    never.send("GET", "/never")
    #expect(try never.head() == nil)
  }

  @Test("a head beyond its bound is refused, and the server goes on")
  func largeHead() throws {
    let running = try Running({ $0.headBytes = 4096 }, handler: Running.echo)
    for fields in [["X": String(repeating: "x", count: 8000)], [:]] {
      let connection = try running.connect()
      let target = fields.isEmpty ? "/" + String(repeating: "x", count: 8000) : "/"
      connection.send("GET", target, fields)
      let status = try connection.head()?.status
      #expect(status == nil || status == 431 || status == 414, "\(status ?? 0)")
    }
    let many = try running.connect()
    let fields = Dictionary(uniqueKeysWithValues: (0..<2000).map { ("X-\($0)", "1") })
    many.send("GET", "/", fields)
    #expect(try many.head().map { $0.status >= 400 } ?? true)
    let after = try running.connect()
    after.send("GET", "/")
    #expect(try after.reply().status == 200)
  }

  @Test("a body beyond its bound arrives cut, and one far beyond ends the connection")
  func largeBody() throws {
    let running = try Running({ $0.bodyBytes = 1000 }, handler: Running.echo)
    let fitting = try running.connect()
    fitting.send("POST", "/", body: [UInt8](repeating: 1, count: 1000))
    #expect(try fitting.reply().text == "POST / 1000 false 127.0.0.1 ")
    let cut = try running.connect()
    cut.send("POST", "/", body: [UInt8](repeating: 1, count: 1001))
    #expect(try cut.reply().text == "POST / 0 true 127.0.0.1 ")
    let far = try running.connect()
    far.send("POST", "/", body: [UInt8](repeating: 1, count: 8 << 20))
    #expect((try? far.reply()) == nil)
  }

  @Test(
    "what is no HTTP is answered with 400 or not at all",
    arguments: [
      "\u{16}\u{3}\u{1}\u{2}\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ])
  func garbage(_ text: String) throws {
    let running = try Running(handler: Running.echo)
    let connection = try running.connect()
    connection.send(Array(text.utf8))
    connection.finish()
    let status = try connection.head()?.status
    #expect(status == nil || status! >= 400, "\(status ?? 0)")
    let after = try running.connect()
    after.send("GET", "/")
    #expect(try after.reply().status == 200)
  }

  @Test("an address has so many connections and no more, and gets them back")
  func connectionsOfAnAddress() throws {
    let running = try Running({ $0.connectionsOfAnAddress = 3 }, handler: Running.echo)
    var held = try (0..<3).map { _ in try running.connect() }
    for connection in held {
      connection.send("GET", "/")
      #expect(try connection.reply().status == 200)
    }
    let fourth = try running.connect()
    fourth.send("GET", "/")
    #expect((try? fourth.head()) == nil)
    held.removeAll()
    var status: Int?
    for _ in 0..<500 where status == nil {
      let fifth = try running.connect()
      fifth.send("GET", "/")
      status = try? fifth.head()?.status
      if status == nil { usleepBriefly() }
    }
    #expect(status == 200)
  }

  @Test("a stop ends connections that sleep and streams that wait")
  func stop() throws {
    let kept = Mutex<[Responder]>([])
    let closed = Counter()
    let running = try Running { request, responder in
      if request.target == "/stream" {
        responder.stream(ServerReply(200)) { _ in Silent { closed.add() } }
      } else {
        kept.withLock { $0.append(responder) }
      }
    }
    let stream = try running.connect()
    stream.send("GET", "/stream")
    #expect(try stream.head()?.status == 200)
    #expect(try stream.chunk() == [0x68])
    let sleeping = try running.connect()
    sleeping.send("GET", "/sleep")
    while kept.withLock({ $0.isEmpty }) { usleepBriefly() }
    running.server.stop()
    #expect(try stream.chunk() == nil && !stream.isWhole)
    #expect(try sleeping.head() == nil)
    #expect(closed.value == 1)
    #expect(running.server.conversations == 0)
  }

  @Test(
    "an address is figures and a port",
    arguments: [
      "127.0.0.1", "example.com:80", "127.0.0.1:x", ":80", "127.0.0.1:99999", "", "256.0.0.1:1",
    ])
  func noAddress(_ text: String) {
    #expect(throws: ListenError.self) { _ = try ListenSocket(text) }
  }

  @Test("a taken address is said to be taken")
  func taken() throws {
    let running = try Running(handler: Running.echo)
    let error = #expect(throws: ListenError.self) {
      _ = try ListenSocket("127.0.0.1:\(running.port)")
    }
    #expect(error?.description.contains("taken") == true)
  }
}

/// Counts from any thread.
private final class Counter: Sendable {
  private let count = Mutex(0)
  var value: Int { count.withLock { $0 } }
  func add() { count.withLock { $0 += 1 } }
}

/// A stream that says one thing and then nothing.
private final class Silent: BodySource {
  private let hasSpoken = Mutex(false)
  private let closing: @Sendable () -> Void

  init(_ closing: @escaping @Sendable () -> Void) { self.closing = closing }

  func next() -> BodyPiece {
    hasSpoken.withLock { hasSpoken in
      defer { hasSpoken = true }
      return hasSpoken ? .wait : .bytes([0x68])
    }
  }

  func close() { closing() }
}
