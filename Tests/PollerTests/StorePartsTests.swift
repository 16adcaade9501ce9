// The store's pure parts: types, data: URLs, the rhythm of attempts.

import HTTP
import Ledger
import Support
import Providers
import Testing
import Wire

@testable import Poller

@Suite("Parts of saving", .seeded) struct StorePartsTests {
  @Test(
    "data: URLs are read as RFC 2397 has them",
    arguments: [
      ("data:,a%20b", "text/plain", "a b"), ("data:text/html,<p>", "text/html", "<p>"),
      ("data:image/png;base64,aGk=", "image/png", "hi"), ("data:;base64,aGk", "text/plain", "hi"),
      ("data:video/mp4;codecs=avc1;BASE64,aG%6B=", "video/mp4", "hi"),
      ("data:text/plain;charset=utf-8,x", "text/plain", "x"),
      ("data:application/json,%7B%7D", "application/json", "{}"),
    ])
  func data(_ url: String, _ type: String, _ text: String) {
    let data = DataURI(url)
    #expect(data?.mediaType == type)
    // `aG%6B=` is `aGk=` with its digit escaped.
    #expect(data?.bytes == Array(text.utf8))
  }

  @Test(
    "what is no data: URL is none",
    arguments: ["data:", "data:image/png;base64", "data:,%zz", "data:,%4", "data:;base64,a", "x,y"])
  func noData(_ url: String) { #expect(DataURI(url) == nil) }

  @Test("a page or a note in an output's stead is told from the output")
  func types() {
    for type in ["text/html", "application/json", "application/xml", "application/problem+json"] {
      #expect(MediaTypes.isNot(type, "video/mp4"))
      #expect(!MediaTypes.isNot(type, type))
    }
    #expect(!MediaTypes.isNot("application/octet-stream", "video/mp4"))
    #expect(!MediaTypes.isNot("application/json", nil) && MediaTypes.isNot("text/html", nil))
    #expect(MediaType.checked("Text/HTML; charset=utf-8") == "text/html")
    for text in ["", "a", "a/", "/b", "a/b/c", "a b/c", "text/\u{1b}[2J"] {
      #expect(MediaType.checked(text) == nil, "\(text)")
    }
  }

  @Test(
    "a name ends by the type named, else by the address, else by the type received",
    arguments: [
      ("video/mp4", "https://x.example/a.bin", "video/webm", "mp4"),
      (nil, "https://x.example/a.webm?x=.exe", "video/mp4", "webm"),
      (nil, "https://x.example/a", "image/png", "png"), (nil, "https://x.example", nil, "bin"),
      (nil, "https://x.example/a.b/c", nil, "bin"), ("x/y", "https://x.example/a.TAR", nil, "tar"),
      (nil, "https://x.example/a.way-too-long", nil, "bin"),
      (nil, "data:,x.mp4", "text/plain", "txt"),
    ])
  func endings(_ expected: String?, _ url: String, _ received: String?, _ ending: String) {
    #expect(MediaTypes.ending(expected: expected, url: url, received: received) == ending)
  }

  @Test("attempts come ever more slowly, the last one at the deadline, and none after it")
  func pace() throws {
    var dice = SplitMix64(seed: Seed.current)
    let pace = SavePace()
    let now = try #require(Timestamp("2026-11-21T09:30:00Z"))
    let deadline = now.advanced(seconds: 60)
    for attempts in UInt32(1)...40 {
      let free = try #require(
        pace.next(attempts: attempts, deadline: nil, now: now, using: &dice))
      let most = min(900, 2 * Double(UInt64(1) << min(UInt64(attempts - 1), 20))) * 1.2
      #expect(free > now && free.seconds(since: now) <= most + 0.001)
      let bound = try #require(
        pace.next(attempts: attempts, deadline: deadline, now: now, using: &dice))
      #expect(bound <= deadline)
    }
    #expect(pace.next(attempts: 1, deadline: now, now: now, using: &dice) == nil)
    let wished = pace.next(attempts: 1, deadline: nil, wish: 50, now: now, using: &dice)
    #expect(wished == now.advanced(seconds: 50))
    let absurd = pace.next(attempts: 1, deadline: nil, wish: .max, now: now, using: &dice)
    #expect(try #require(absurd).seconds(since: now) <= 3600)
  }

  @Test("outputs are fetched from public https addresses, in development from loopback too")
  func addresses() throws {
    func allows(_ url: String, dev: Bool) throws -> Bool {
      OutputAddress.allows(try URLParts(url), allowLoopback: dev)
    }
    for isDev in [true, false] {
      #expect(try allows("https://cdn.example/x", dev: isDev))
      for url in ["http://cdn.example/", "https://10.1.2.3/", "http://169.254.169.254/"] {
        #expect(try !allows(url, dev: isDev), "\(url)")
      }
      for url in ["http://127.0.0.1:8080/", "https://localhost/", "http://[::1]/"] {
        #expect(try allows(url, dev: isDev) == isDev, "\(url)")
      }
    }
  }
}
