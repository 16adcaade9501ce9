// How requests end when the other side misbehaves, and whether each end proves that nothing left.

import Glibc
import Testing

@testable import HTTP

@Suite("Failures")
struct FailureTests {
  /// What a hostile or broken server sends, and what it must become.
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var act: ServerAct
    var kind: HTTPError.Kind
    var status: Int? = nil
    var testDescription: String { name }
  }

  static let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

  static let cases = [
    Case(name: "closed after the request was read", act: .rawThenClose(""), kind: .reset),
    Case(name: "reset after the request was read", act: .rawThenReset(""), kind: .reset),
    Case(name: "silence", act: .silence, kind: .timeout),
    Case(
      name: "half a header", act: .rawThenClose("HTTP/1.1 200 OK\r\nContent-"),
      kind: .incompleteReply),
    Case(
      name: "half a body", act: .rawThenClose("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"),
      kind: .incompleteReply, status: 200),
    Case(
      name: "half a body, then a reset",
      act: .rawThenReset("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"),
      kind: .incompleteReply, status: 200),
    Case(
      name: "a chunked body that ends too early", act: .rawThenClose(chunked + "5\r\nab"),
      kind: .incompleteReply, status: 200),
    Case(
      name: "an endless chunked body",
      act: .endless(chunked, chunk: "1000\r\n\(String(repeating: "x", count: 4096))\r\n"),
      kind: .responseTooLarge, status: 200),
    Case(
      name: "an endless body of unknown length",
      act: .endless("HTTP/1.1 200 OK\r\n\r\n", chunk: String(repeating: "x", count: 4096)),
      kind: .responseTooLarge, status: 200),
    Case(
      name: "an announced length over the limit",
      act: .raw("HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n"), kind: .responseTooLarge),
    Case(
      name: "a slow drip",
      act: .drip("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", milliseconds: 20),
      kind: .timeout),
    Case(
      name: "endless header fields", act: .endless("HTTP/1.1 200 OK\r\n", chunk: "X: y\r\n"),
      kind: .responseTooLarge),
    Case(
      name: "an endless header line",
      act: .endless("HTTP/1.1 200 OK\r\nX: ", chunk: "yyyyyyyyyyyy"),
      kind: .responseTooLarge),
    Case(
      name: "a header line of 70 kB",
      act: .raw("HTTP/1.1 200 OK\r\nX: \(String(repeating: "y", count: 70_000))\r\n\r\n"),
      kind: .responseTooLarge),
    Case(
      name: "endless interim replies",
      act: .endless("", chunk: "HTTP/1.1 100 Continue\r\n\r\n"), kind: .responseTooLarge),
    Case(name: "no HTTP at all", act: .rawThenClose("220 mail ready\r\n"), kind: .malformedReply),
    Case(
      name: "HTTP/0.9", act: .rawThenClose("<html>hello</html>"), kind: .malformedReply),
    Case(
      name: "an impossible version",
      act: .rawThenClose("HTTP/7.3 200 OK\r\n\r\n"), kind: .malformedReply),
  ]

  @Test("a bad reply is an error that proves nothing about the request", arguments: cases)
  func badReply(_ sample: Case) throws {
    let server = LoopbackServer { _ in sample.act }
    defer { server.stop() }
    for mustNotRepeat in [false, true] {
      let multi = try Multi.forTests()
      let error = multi.error(
        of: HTTPRequest(
          .post, server.url, body: [1], totalTimeoutSeconds: 0.5, maxResponseBytes: 100_000,
          mustNotRepeat: mustNotRepeat))
      #expect(error?.kind == sample.kind, "\(error as Any)")
      #expect(error?.status == sample.status)
      #expect(error?.nothingWasSent == false)
      #expect(multi.inFlight == 0)
    }
    #expect(server.requests.count == 2)
  }

  @Test("a server that closes before reading proves nothing either: the bytes were on their way")
  func closedUnread() throws {
    let server = LoopbackServer(closesAtOnce: true) { _ in .silence }
    defer { server.stop() }
    let error = try Multi.forTests().error(of: HTTPRequest(.post, server.url, body: [1]))
    #expect(error?.kind == .reset)
    #expect(error?.nothingWasSent == false)
  }

  @Test("a refused connect proves that nothing was sent")
  func connectRefused() throws {
    // A port that was just free: bound, never listening.
    let holder = Sockets.make(AF_INET)
    defer { close(holder) }
    let port = Sockets.bindLoopback(holder)
    let error = try Multi.forTests().error(
      of: HTTPRequest(.post, "http://127.0.0.1:\(port)/secret?x=secret", mustNotRepeat: true))
    #expect(error?.kind == .connect)
    #expect(error?.nothingWasSent == true)
    #expect(error?.message == "127.0.0.1:\(port): Connection refused")
  }

  @Test("a name without address proves that nothing was sent")
  func unresolved() throws {
    let error = try Multi.forTests().error(
      of: HTTPRequest(.post, "http://no-such-host.invalid/", totalTimeoutSeconds: 20))
    // Without a name server the answer may be late; either way nothing left.
    #expect(error?.kind == .resolve || error?.kind == .timeout, "\(error as Any)")
    #expect(error?.nothingWasSent == true)
  }

  @Test("a connection that never stands proves that nothing was sent")
  func connectTimeout() throws {
    // A listener with a full backlog answers no SYN.
    let listener = Sockets.make(AF_INET)
    let port = Sockets.bindLoopback(listener)
    listen(listener, 0)
    let fillers = (0..<4).map { _ in Sockets.make(AF_INET, nonBlocking: true) }
    for filler in fillers { _ = Sockets.connectLoopback(filler, port: port) }
    defer { for descriptor in fillers + [listener] { close(descriptor) } }
    let error = try Multi.forTests().error(
      of: HTTPRequest(
        .post, "http://127.0.0.1:\(port)/", connectTimeoutSeconds: 0.3, mustNotRepeat: true))
    #expect(error?.kind == .timeout)
    #expect(error?.nothingWasSent == true)
  }

  @Test("a malformed URL is refused and the message does not repeat it")
  func malformedURL() throws {
    let error = try Multi.forTests().error(
      of: HTTPRequest(.post, "http://user:hunter2@example.com/"))
    #expect(error?.kind == .malformedURL)
    #expect(error?.nothingWasSent == true)
    #expect("\(error as Any)".contains("hunter2") == false)
  }

  @Test("a limit of zero bytes takes an empty body and refuses one byte")
  func zeroLimit() throws {
    let server = LoopbackServer { .answer($0.path == "/empty" ? "" : "x") }
    defer { server.stop() }
    let multi = try Multi.forTests()
    let empty = try multi.run(HTTPRequest(.get, server.url + "/empty", maxResponseBytes: 0)).get()
    #expect(empty.body.isEmpty)
    let error = multi.error(of: HTTPRequest(.get, server.url + "/one", maxResponseBytes: 0))
    #expect(error?.kind == .responseTooLarge)
    let exact = try multi.run(HTTPRequest(.get, server.url + "/one", maxResponseBytes: 1)).get()
    #expect(exact.body.count == 1)
  }
}
