// One parser for allow-lists and for connecting: what an allow-list sees is where the bytes go.

import Testing

@testable import HTTP

@Suite("URL parts")
struct URLPartsTests {
  @Test("a URL is taken apart")
  func parts() throws {
    let parts = try URLParts("HTTPS://Api.Example.COM:8443/v1/a%2Fb?x=1&y=2#end")
    #expect(parts.scheme == "https")
    #expect(parts.host == "api.example.com")
    #expect(parts.port == 8443)
    #expect(parts.path == "/v1/a%2Fb")
    #expect(parts.query == "x=1&y=2")
    #expect(parts.authority == "api.example.com:8443")
    let plain = try URLParts("http://example.com")
    #expect(plain.port == 80 && plain.path == "/" && plain.query == nil)
    #expect(plain.authority == "example.com")
  }

  @Test(
    "a host has one form whatever its spelling",
    arguments: [
      ("http://2130706433/", "127.0.0.1"), ("http://0x7f.1/", "127.0.0.1"),
      ("http://0177.0.0.1/", "127.0.0.1"), ("http://127.1/", "127.0.0.1"),
      ("http://[::1]/", "[::1]"), ("http://%6cocalhost/", "localhost"),
      ("http://EXAMPLE.com./", "example.com."), ("http:///example.com/", "example.com"),
    ])
  func spellings(_ url: String, _ host: String) throws { #expect(try URLParts(url).host == host) }

  @Test(
    "a URL that is not plain http or https is refused",
    arguments: [
      "", "example.com", "//example.com/", "/path", "ftp://example.com/", "file:///etc/passwd",
      "gopher://example.com/", "javascript:alert(1)", "http://user@example.com/",
      "http://user:secret@example.com/", "http://good.example@127.0.0.1/", "http://a b/",
      "http://example.com/a b", "http://example.com/\r\nX: y", "http://example.com/\u{0}",
      "http://exa\u{7F}mple.com/", "http://example.com:99999/", "http://example.com:x/",
      "http://[::1/", "http://[zz]/", "http://exam\\ple.com/", "unix:///run/socket",
      "http://example.com/\(String(repeating: "a", count: HTTPLimits.urlBytes))",
    ])
  func refused(_ url: String) {
    let error = #expect(throws: HTTPError.self) { try URLParts(url) }
    #expect(error?.kind == .malformedURL)
    #expect(error?.nothingWasSent == true)
    #expect(error?.message.contains("secret") == false)
  }
}
