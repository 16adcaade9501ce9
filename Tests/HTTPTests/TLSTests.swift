// TLS: who is trusted, and that a failed handshake proves that nothing of the request left.

import Testing

@testable import HTTP

@Suite("TLS")
struct TLSTests {
  @Test("a certificate of the configured authority is accepted, on new and kept connections")
  func trusted() throws {
    let server = try TLSServer()
    let multi = try Multi.forTests(authority: server.certificate)
    for mustNotRepeat in [false, true, false] {
      let response = try multi.run(
        HTTPRequest(.get, "https://localhost:\(server.port)/", mustNotRepeat: mustNotRepeat)
      ).get()
      #expect(response.status == 200)
      #expect(String(decoding: response.body, as: UTF8.self).contains("TLSv1.3"))
    }
  }

  @Test("an unknown authority fails, with proof that nothing was sent")
  func untrusted() throws {
    let server = try TLSServer()
    let error = try Multi.forTests().error(
      of: HTTPRequest(.post, "https://localhost:\(server.port)/", mustNotRepeat: true))
    #expect(error?.kind == .tls)
    #expect(error?.nothingWasSent == true)
  }

  @Test("a trusted certificate for another name fails, with proof that nothing was sent")
  func otherName() throws {
    let server = try TLSServer()
    let error = try Multi.forTests(authority: server.certificate).error(
      of: HTTPRequest(.post, "https://[::ffff:127.0.0.1]:\(server.port)/", mustNotRepeat: true))
    #expect(error?.kind == .tls)
    #expect(error?.nothingWasSent == true)
  }

  @Test("a server that does not speak TLS fails, with proof that nothing was sent")
  func plaintext() throws {
    let server = LoopbackServer(closesAtOnce: true) { _ in .silence }
    defer { server.stop() }
    let error = try Multi.forTests().error(
      of: HTTPRequest(
        .post, "https://127.0.0.1:\(server.port)/", body: [1], mustNotRepeat: true))
    #expect(error?.kind == .tls)
    #expect(error?.nothingWasSent == true)
  }

  @Test("an authority file that is not there fails before anything is sent")
  func missingFile() throws {
    let server = try TLSServer()
    let error = try Multi.forTests(authority: server.certificate + ".none").error(
      of: HTTPRequest(.post, "https://localhost:\(server.port)/"))
    #expect(error?.kind == .tls)
    #expect(error?.nothingWasSent == true)
  }
}
