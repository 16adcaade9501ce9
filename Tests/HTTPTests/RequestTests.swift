// What goes over the wire, and what comes back when all is well.

import Glibc
import Testing

@testable import HTTP

@Suite("Requests and replies")
struct RequestTests {
  @Test("a reply arrives with status, ordered headers and body")
  func reply() throws {
    let server = LoopbackServer { _ in
      .raw("HTTP/1.1 404 Gone Fishing\r\nB: 1\r\na: x\r\nb:  2 \r\nContent-Length: 5\r\n\r\nhello")
    }
    defer { server.stop() }
    let response = try Multi.forTests().run(HTTPRequest(.get, server.url + "/x")).get()
    #expect(response.status == 404)
    #expect(
      response.headers.map { "\($0.name)=\($0.value)" } == [
        "B=1", "a=x", "b=2", "Content-Length=5",
      ])
    #expect(response.headers["A"] == "x")
    #expect(response.headers.values(of: "b") == ["1", "2"])
    #expect(response.body == Array("hello".utf8))
    #expect(response.latencyMicroseconds > 0)
  }

  @Test("every method sends its word, its fields and its body, and nothing it was not told")
  func wire() throws {
    let server = LoopbackServer { _ in .raw("HTTP/1.1 204 No Content\r\n\r\n") }
    defer { server.stop() }
    let multi = try Multi.forTests()
    for method in HTTPRequest.Method.allCases {
      let hasBody = method != .get && method != .head
      let response = try multi.run(
        HTTPRequest(
          method, server.url + "/p?q=1#f", headers: ["Authorization": "Key k", "X-Empty": ""],
          body: hasBody ? Array("a\u{0}b".utf8) : nil)
      ).get()
      #expect(response.status == 204)
      let request = try #require(server.requests.last)
      #expect(request.line == "\(method.rawValue) /p?q=1 HTTP/1.1")
      #expect(request.body == (hasBody ? Array("a\u{0}b".utf8) : []))
      let expected =
        [
          "Host: 127.0.0.1:\(server.port)", "User-Agent: ledger/0.0-test", "Accept: */*",
          "Authorization: Key k", "X-Empty:",
        ] + (hasBody ? ["Content-Length: 3"] : [])
      #expect(request.fields.map { $0.hasSuffix(" ") ? String($0.dropLast()) : $0 } == expected)
    }
  }

  @Test("a body of several megabytes goes and comes back whole")
  func largeBody() throws {
    let text = String(repeating: "0123456789abcdef", count: 1 << 18)
    let server = LoopbackServer { .answer(String(decoding: $0.body, as: UTF8.self)) }
    defer { server.stop() }
    let response = try Multi.forTests().run(
      HTTPRequest(
        .put, server.url, headers: ["Content-Type": "text/plain"], body: Array(text.utf8))
    ).get()
    #expect(response.body == Array(text.utf8))
    let fields = try #require(server.requests.last?.fields)
    #expect(fields.contains("Content-Type: text/plain"))
    #expect(!fields.contains { $0.hasPrefix("Expect") })
  }

  @Test("a reply to HEAD may announce a body that does not come")
  func head() throws {
    let server = LoopbackServer { _ in .raw("HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n")
    }
    defer { server.stop() }
    let response = try Multi.forTests().run(
      HTTPRequest(.head, server.url, maxResponseBytes: 10)
    ).get()
    #expect(response.body.isEmpty)
    #expect(response.headers["content-length"] == "999999999")
  }

  @Test("a redirect is a reply and is not followed")
  func redirect() throws {
    let server = LoopbackServer { request in
      .raw("HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n")
    }
    defer { server.stop() }
    let response = try Multi.forTests().run(HTTPRequest(.get, server.url)).get()
    #expect(response.status == 302)
    #expect(response.headers["location"] == "/other")
    #expect(server.requests.count == 1)
  }

  @Test("interim replies are passed over and trailers override nothing")
  func interimAndTrailers() throws {
    let server = LoopbackServer { _ in
      .raw(
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
          + "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: head\r\n\r\n"
          + "3\r\nabc\r\n0\r\nX: trailer\r\n\r\n")
    }
    defer { server.stop() }
    let response = try Multi.forTests().run(HTTPRequest(.get, server.url)).get()
    #expect(response.status == 200)
    #expect(response.headers.values(of: "x") == ["head"])
    #expect(response.headers["link"] == nil)
    #expect(response.body == Array("abc".utf8))
  }

  @Test("a content encoding is neither asked for nor undone")
  func noEncoding() throws {
    let server = LoopbackServer { _ in
      .raw("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc")
    }
    defer { server.stop() }
    let response = try Multi.forTests().run(HTTPRequest(.get, server.url)).get()
    #expect(response.body == Array("abc".utf8))
    #expect(
      server.requests.first?.fields.contains { $0.lowercased().hasPrefix("accept-encoding") }
        == false)
  }

  @Test("proxies of the environment are not used")
  func environmentProxy() async {
    // In a process of its own: the environment is everybody's.
    await #expect(processExitsWith: .success) {
      let server = LoopbackServer { _ in .answer("direct") }
      let trap = LoopbackServer { _ in .answer("proxied") }
      for name in ["http_proxy", "all_proxy", "ALL_PROXY"] { setenv(name, trap.url, 1) }
      let body = try runOne(HTTPRequest(.get, server.url)).get().body
      exit(body == Array("direct".utf8) && trap.requests.isEmpty ? EXIT_SUCCESS : EXIT_FAILURE)
    }
  }

  @Test("a configured proxy is used, and still refuses internal targets by name")
  func configuredProxy() throws {
    let proxy = LoopbackServer { _ in .answer("proxied") }
    defer { proxy.stop() }
    let multi = try Multi.forTests(allowLoopback: false, proxy: proxy.url)
    let response = try multi.run(HTTPRequest(.get, "http://example.invalid/a")).get()
    #expect(response.body == Array("proxied".utf8))
    #expect(proxy.requests.last?.line == "GET http://example.invalid/a HTTP/1.1")
    for host in ["127.0.0.1", "0x7f.1", "[::1]", "localhost", "169.254.169.254"] {
      let error = multi.error(of: HTTPRequest(.get, "http://\(host)/"))
      #expect(error?.kind == .addressRefused && error?.nothingWasSent == true)
    }
    #expect(proxy.requests.count == 1)
  }

  @Test(
    "a request that would corrupt the wire is refused before a connection is made",
    arguments: [
      HTTPRequest(.get, "", headers: ["X": "a\r\nY: b"]),
      HTTPRequest(.get, "", headers: ["X": "a\u{0}b"]),
      HTTPRequest(.get, "", headers: ["X\r\nY": "b"]),
      HTTPRequest(.get, "", headers: ["X Y": "b"]),
      HTTPRequest(.get, "", headers: ["": "b"]),
      HTTPRequest(.get, "", headers: ["Host": "other.example"]),
      HTTPRequest(.post, "", headers: ["content-length": "3"]),
      HTTPRequest(.post, "", headers: ["Transfer-Encoding": "chunked"]),
      HTTPRequest(.get, "", headers: ["Accept-Encoding": "gzip"]),
      HTTPRequest(.get, "", headers: HTTPHeaders((0..<65).map { ("X\($0)", "") })),
      HTTPRequest(.get, "", headers: ["X": String(repeating: "a", count: 33 << 10)]),
      HTTPRequest(.get, "", body: [1]),
      HTTPRequest(.get, "", connectTimeoutSeconds: 0),
      HTTPRequest(.get, "", totalTimeoutSeconds: -1),
      HTTPRequest(.get, "", totalTimeoutSeconds: .nan),
      HTTPRequest(.get, "", totalTimeoutSeconds: .infinity),
      HTTPRequest(.get, "", maxResponseBytes: -1),
    ])
  func refusedRequest(_ request: HTTPRequest) throws {
    let server = LoopbackServer { _ in .answer("") }
    defer { server.stop() }
    var request = request
    request.url = server.url
    let multi = try Multi.forTests()
    let error = multi.error(of: request)
    #expect(error?.kind == .malformedRequest)
    #expect(error?.nothingWasSent == true)
    #expect(multi.inFlight == 0)
    #expect(server.settledConnections() == 0)
  }

  @Test("no description shows a header value, a query or a body")
  func descriptions() throws {
    let canary = "c4n4ry"
    let request = HTTPRequest(
      .post, "https://api.example.com/v1/jobs?token=\(canary)",
      headers: ["Authorization": "Bearer \(canary)"], body: Array(canary.utf8))
    let response = HTTPResponse(
      status: 200, headers: ["Set-Cookie": canary], body: Array(canary.utf8), latencyMicroseconds: 1
    )
    var dumped = ""
    dump(request, to: &dumped)
    dump(response, to: &dumped)
    dump(request.headers, to: &dumped)
    for text in [
      "\(request)", String(reflecting: request), "\(request.headers)", "\(response)",
      String(reflecting: response), String(reflecting: request.headers), dumped,
    ] {
      #expect(!text.contains(canary), "\(text)")
    }
    #expect("\(request)" == "POST https://api.example.com/v1/jobs")
  }
}

private func runOne(_ request: HTTPRequest) throws -> Result<HTTPResponse, HTTPError> {
  try Multi.forTests().run(request)
}
