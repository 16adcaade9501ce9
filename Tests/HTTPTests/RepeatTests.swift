// A submit must not reach a provider twice. libcurl repeats by itself what it sent on a kept
// connection that had died: the server here answers once, then closes on the second request.

import Synchronization
import Testing

@testable import HTTP

@Suite("Repeats")
struct RepeatTests {
  /// Answers the first request of a connection and closes on every later one, unanswered.
  static func server() -> LoopbackServer {
    let first = FirstOfConnection()
    return LoopbackServer { request in
      if request.path == "/always" || first.isFirst(request.connection) { return .answer("ok") }
      return .rawThenClose("")
    }
  }

  @Test("libcurl does repeat an ordinary request: the hazard is real")
  func hazard() throws {
    let server = Self.server()
    defer { server.stop() }
    let multi = try Multi.forTests(connections: 1)
    _ = try multi.run(HTTPRequest(.get, server.url + "/poll")).get()
    let response = try multi.run(HTTPRequest(.post, server.url + "/submit", body: [1])).get()
    #expect(response.status == 200)
    #expect(server.requests.filter { $0.path == "/submit" }.count == 2)
  }

  @Test("a request that must not repeat gets its own connection and is seen once")
  func seenOnce() throws {
    let server = Self.server()
    defer { server.stop() }
    let multi = try Multi.forTests(connections: 1)
    _ = try multi.run(HTTPRequest(.get, server.url + "/poll")).get()
    let submit = HTTPRequest(.post, server.url + "/submit", body: [1], mustNotRepeat: true)
    _ = try multi.run(submit).get()
    #expect(server.requests.filter { $0.path == "/submit" }.count == 1)
    #expect(server.connections == 2)
  }

  @Test("should libcurl ever come back to issue such a request again, it is stopped")
  func stopped() throws {
    let transfer = try Transfer()
    let configuration = Multi.Configuration(version: "0")
    let submit = HTTPRequest(.post, "http://example.com/", mustNotRepeat: true)
    try transfer.prepare(submit, tag: 1, configuration: configuration)
    #expect(transfer.mayIssue())
    #expect(!transfer.mayIssue())
    transfer.recycle()
    try transfer.prepare(submit, tag: 2, configuration: configuration)
    #expect(transfer.mayIssue())
  }

  @Test(
    "a request that must not repeat and finds its connection dead is an error, not a second try")
  func deadAtOnce() throws {
    let server = LoopbackServer { request in
      request.path == "/submit" ? .rawThenClose("") : .answer("ok")
    }
    defer { server.stop() }
    let multi = try Multi.forTests(connections: 1)
    _ = try multi.run(HTTPRequest(.get, server.url + "/poll")).get()
    let error = multi.error(
      of: HTTPRequest(.post, server.url + "/submit", body: [1], mustNotRepeat: true))
    #expect(error?.kind == .reset)
    #expect(error?.nothingWasSent == false)
    #expect(server.requests.filter { $0.path == "/submit" }.count == 1)
  }
}

/// Remembers which connections have spoken.
private final class FirstOfConnection: Sendable {
  private let seen = Mutex<Set<Int>>([])
  func isFirst(_ connection: Int) -> Bool { seen.withLock { $0.insert(connection).inserted } }
}
