// Bodies that go elsewhere than into memory: pieces as they come, bounded and stopped at will.

import Testing

@testable import HTTP

/// Keeps what it is given.
private final class Collector: BodySink {
  var statuses: [Int] = []
  var bytes: [UInt8] = []
  let accepts: Bool
  let limit: Int

  init(accepts: Bool = true, limit: Int = .max) {
    self.accepts = accepts
    self.limit = limit
  }

  func begin(status: Int, headers: HTTPHeaders) -> Bool {
    statuses.append(status)
    return accepts
  }

  func receive(_ piece: RawSpan) -> BodySinkAnswer {
    for index in 0..<piece.byteCount {
      bytes.append(unsafe piece.unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self))
    }
    return bytes.count >= limit ? .stop : .look
  }
}

@Suite("Bodies into a sink")
struct BodySinkTests {
  private func run(
    _ act: ServerAct, into sink: Collector, limit: Int = 1 << 20
  ) throws -> Result<HTTPResponse, HTTPError> {
    let server = LoopbackServer { _ in act }
    defer { server.stop() }
    let multi = try Multi.forTests()
    let request = HTTPRequest(.get, server.url, maxResponseBytes: limit)
    multi.start(request, tag: 1, into: sink)
    while true {
      if let done = multi.wait(timeoutMilliseconds: 1000).first { return done.result }
    }
  }

  @Test("a 2xx reply's body goes to the sink and not into the response")
  func success() throws {
    let sink = Collector()
    let response = try run(.answer("hello"), into: sink).get()
    #expect(response.status == 200)
    #expect(response.body.isEmpty)
    #expect(sink.statuses == [200])
    #expect(sink.bytes == Array("hello".utf8))
  }

  @Test("an error's body is kept for whoever must understand it")
  func failure() throws {
    let sink = Collector()
    let response = try run(
      .raw("HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\nno way"), into: sink
    ).get()
    #expect(response.status == 403)
    #expect(response.body == Array("no way".utf8))
    #expect(sink.statuses.isEmpty)
    #expect(sink.bytes.isEmpty)
  }

  @Test("a sink that does not want the reply ends it before its body")
  func unwanted() throws {
    let sink = Collector(accepts: false)
    guard case .failure(let error) = try run(.answer("hello"), into: sink) else {
      Issue.record("the reply was taken")
      return
    }
    #expect(error.kind == .stopped)
    #expect(error.status == 200)
    #expect(sink.bytes.isEmpty)
  }

  @Test("a sink can stop an endless body, and the limit holds for sinks too")
  func endless() throws {
    let endless = ServerAct.endless("HTTP/1.1 200 OK\r\n\r\n", chunk: "0123456789")
    let stopping = Collector(limit: 1000)
    guard case .failure(let stopped) = try run(endless, into: stopping) else {
      Issue.record("an endless body ended")
      return
    }
    #expect(stopped.kind == .stopped)
    let bounded = Collector()
    guard case .failure(let tooLarge) = try run(endless, into: bounded, limit: 5000) else {
      Issue.record("an endless body ended")
      return
    }
    #expect(tooLarge.kind == .responseTooLarge)
    #expect(bounded.bytes.count <= 5000)
  }

  @Test("wait returns with each piece, and a canceled request never completes")
  func canceled() throws {
    let server = LoopbackServer { request in
      request.path == "/drip"
        ? .drip("HTTP/1.1 200 OK\r\n\r\nabc", milliseconds: 1) : .answer("ok")
    }
    defer { server.stop() }
    let multi = try Multi.forTests()
    let sink = Collector()
    multi.start(HTTPRequest(.get, "\(server.url)/drip"), tag: 1, into: sink)
    while sink.bytes.count < 3 {
      #expect(multi.wait(timeoutMilliseconds: 10_000).isEmpty)
    }
    multi.cancel(tag: 1)
    #expect(multi.inFlight == 0)
    #expect(try multi.run(HTTPRequest(.get, server.url)).get().status == 200)
    while server.openConnections > 1 { #expect(multi.wait(timeoutMilliseconds: 1).isEmpty) }
  }

  @Test("a body that pauses for longer than it may is a timeout")
  func idle() throws {
    let server = LoopbackServer { _ in .raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc") }
    defer { server.stop() }
    let multi = try Multi.forTests()
    let request = HTTPRequest(.get, server.url, idleTimeoutSeconds: 1)
    #expect(multi.error(of: request)?.kind == .timeout)
  }
}
