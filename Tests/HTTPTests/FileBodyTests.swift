// Bodies that are files, and where redirects lead.

import Posix
import Testing

@testable import HTTP

@Suite("Bodies from files")
struct FileBodyTests {
  private func send(
    _ bytes: [UInt8], announced: Int? = nil, method: HTTPRequest.Method = .put,
    to server: LoopbackServer
  ) throws -> Result<HTTPResponse, HTTPError> {
    let folder = try FileSystem.makeTemporaryDirectory(prefix: "/tmp/ledger-http-test-")
    defer { try? FileSystem.removeTree(folder) }
    try FileSystem.replace(folder + "/body", with: bytes)
    var request = HTTPRequest(method, server.url + "/object")
    request.file = FileBody(path: folder + "/body", bytes: announced ?? bytes.count)
    let multi = try Multi.forTests()
    multi.start(request, tag: 1)
    while true {
      if let done = multi.wait(timeoutMilliseconds: 1000).first { return done.result }
    }
  }

  @Test("a file arrives whole, its length announced", arguments: [0, 1, 70_000, 3_000_000])
  func whole(_ count: Int) throws {
    let server = LoopbackServer { _ in .answer("") }
    defer { server.stop() }
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    #expect(try send(bytes, to: server).get().status == 200)
    let request = try #require(server.requests.first)
    #expect(request.line == "PUT /object HTTP/1.1" && request.body == bytes)
    let lengths = request.fields.filter { $0.lowercased().hasPrefix("content-length") }
    #expect(lengths == ["Content-Length: \(count)"])
    let others = ["expect:", "transfer-encoding:"]
    #expect(
      !request.fields.contains { field in others.contains { field.lowercased().hasPrefix($0) } })
  }

  @Test("a file of another size than announced is not sent")
  func otherSize() throws {
    let server = LoopbackServer { _ in .answer("") }
    defer { server.stop() }
    let result = try send([1, 2, 3], announced: 4, to: server)
    guard case .failure(let error) = result else { throw Unexpected() }
    #expect(error.kind == .malformedRequest && error.nothingWasSent)
    #expect(server.connections == 0)
  }

  @Test("only a PUT has a file")
  func onlyPut() throws {
    let server = LoopbackServer { _ in .answer("") }
    defer { server.stop() }
    guard case .failure(let error) = try send([1], method: .post, to: server) else {
      throw Unexpected()
    }
    #expect(error.kind == .malformedRequest)
  }

  @Test("an endless error in a file's stead is not kept in memory")
  func endlessError() throws {
    let head = "HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n"
    let chunk = "8000\r\n" + String(repeating: "x", count: 0x8000) + "\r\n"
    let server = LoopbackServer { _ in .endless(head, chunk: chunk) }
    defer { server.stop() }
    let multi = try Multi.forTests()
    final class Nothing: BodySink {
      func begin(status: Int, headers: HTTPHeaders) -> Bool { true }
      func receive(_ piece: RawSpan) -> BodySinkAnswer { .more }
    }
    multi.start(HTTPRequest(.get, server.url, maxResponseBytes: 1 << 40), tag: 1, into: Nothing())
    while true {
      guard let done = multi.wait(timeoutMilliseconds: 1000).first else { continue }
      guard case .failure(let error) = done.result else { throw Unexpected() }
      #expect(error.kind == .responseTooLarge && error.status == 500)
      return
    }
  }

  @Test(
    "a redirect's target is what RFC 3986 makes of it",
    arguments: [
      ("/b?x=1", "https://a.example/b?x=1"), ("c", "https://a.example/dir/c"),
      ("//other.example/z", "https://other.example/z"),
      ("https://other.example:8443/z", "https://other.example:8443/z"),
      ("http://127.0.0.1/", "http://127.0.0.1/"), ("ftp://a.example/", nil),
      ("https://user:pass@a.example/", nil), ("file:///etc/passwd", nil), ("https://", nil),
    ])
  func redirects(_ location: String, _ target: String?) {
    #expect(Redirect.target(location, from: "https://a.example/dir/file?q=1") == target)
  }
}

private struct Unexpected: Error {}
