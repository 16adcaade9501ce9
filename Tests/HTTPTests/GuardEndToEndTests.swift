// The guard where it matters: a listener on every loopback address, and nobody comes.

import Glibc
import Testing

@testable import HTTP

@Suite("Address guard, end to end")
struct GuardEndToEndTests {
  static let hosts = [
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f.1", "0x7f000001", "0177.0.0.1",
    "017700000001", "0x7f.0x0.0x0.0x1", "127.0.0.2", "127.255.255.254", "%31%32%37.0.0.1",
    "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
    "localhost", "LOCALHOST", "localhost.", "%6cocalhost", "sub.localhost", "0.0.0.0", "0", "0x0",
    "[::]", "[::ffff:0.0.0.0]", "１２７.0.0.1", "127。0。0。1", "ⓛocalhost",
  ]

  @Test("no spelling of loopback reaches a listener there", arguments: hosts)
  func refused(_ host: String) throws {
    let server = LoopbackServer { _ in .answer("inside") }
    defer { server.stop() }
    let multi = try Multi.forTests(allowLoopback: false)
    for mustNotRepeat in [false, true] {
      let error = multi.error(
        of: HTTPRequest(
          .post, "http://\(host):\(server.port)/", totalTimeoutSeconds: 20,
          mustNotRepeat: mustNotRepeat))
      #expect(error?.nothingWasSent == true)
      // Not every spelling is an address to every libcurl; none may connect.
      let kinds: [HTTPError.Kind] = [.addressRefused, .resolve, .malformedURL]
      #expect(error.map { kinds.contains($0.kind) } == true, "\(error as Any)")
    }
    #expect(server.settledConnections() == 0)
  }

  @Test(
    "the plain spellings are refused as what they are",
    arguments: ["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "[::1]", "localhost", "0.0.0.0"])
  func kind(_ host: String) throws {
    let error = try Multi.forTests(allowLoopback: false).error(
      of: HTTPRequest(.get, "http://\(host):9/"))
    #expect(error?.kind == .addressRefused)
  }

  @Test(
    "metadata and private addresses are refused without waiting for a timeout",
    arguments: [
      "169.254.169.254", "[fd00:ec2::254]", "10.0.0.1", "192.168.1.1", "172.16.0.1", "100.64.0.1",
      "[fe80::1]", "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]", "255.255.255.255",
    ])
  func internals(_ host: String) throws {
    let error = try Multi.forTests().error(of: HTTPRequest(.get, "http://\(host)/latest/meta-data"))
    #expect(error?.kind == .addressRefused)
    #expect(error?.nothingWasSent == true)
  }

  @Test("a name that resolves to this machine is refused however it resolves")
  func resolvedName() throws {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count)
    let host = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    let server = LoopbackServer { _ in .answer("inside") }
    defer { server.stop() }
    let error = try Multi.forTests(allowLoopback: false).error(
      of: HTTPRequest(.get, "http://\(host):\(server.port)/", totalTimeoutSeconds: 20))
    #expect(error?.nothingWasSent == true)
    #expect(server.settledConnections() == 0)
  }

  @Test("a connection kept by a development client is not used by a guarded one")
  func notShared() throws {
    let server = LoopbackServer { _ in .answer("inside") }
    defer { server.stop() }
    let open = try Multi.forTests()
    _ = try open.run(HTTPRequest(.get, server.url)).get()
    let guarded = try Multi.forTests(allowLoopback: false)
    #expect(guarded.error(of: HTTPRequest(.get, server.url))?.kind == .addressRefused)
    #expect(server.requests.count == 1)
  }
}
