// The header of a reply, line by line.

import Testing

@testable import HTTP

@Suite("Reply header")
struct ReplyHeadTests {
  static func read(_ lines: [String]) -> ReplyHead {
    var head = ReplyHead()
    for line in lines {
      guard Array(line.utf8).withUnsafeBytes({ head.receive($0) }) else { break }
    }
    return head
  }

  @Test("a folded line joins the value before it")
  func folded() {
    let head = Self.read(["HTTP/1.1 200 OK\r\n", "A: one\r\n", " \t two\r\n", "B:\r\n", "\r\n"])
    #expect(head.isComplete && head.status == 200)
    #expect(head.headers["a"] == "one two")
    #expect(head.headers["b"] == "")
  }

  @Test("lines that are no fields are passed over")
  func junk() {
    let head = Self.read([
      "HTTP/1.1 200 OK\n", " folded onto nothing\n", "no colon\n", ": no name\n", "a: b\n", "\n",
    ])
    #expect(head.isComplete)
    #expect(head.headers.map(\.name) == ["a"])
  }

  @Test("a status line is three digits or none")
  func status() {
    #expect(Self.read(["HTTP/1.1 599\r\n"]).status == 599)
    #expect(Self.read(["HTTP/1.1 5x9 \r\n"]).status == nil)
    #expect(Self.read(["HTTP/1.1 99"]).status == nil)
    #expect(Self.read(["junk"]).status == nil)
  }

  @Test("bytes and fields are bounded, trailers included")
  func bounds() {
    let many = Array(repeating: "a: b\r\n", count: HTTPLimits.replyFields + 1)
    #expect(Self.read(["HTTP/1.1 200 OK\r\n"] + many).isTooLarge)
    #expect(!Self.read(["HTTP/1.1 200 OK\r\n"] + many.dropLast(1) + ["\r\n"]).isTooLarge)
    let long = "t: " + String(repeating: "x", count: HTTPLimits.replyHeaderBytes)
    #expect(Self.read(["HTTP/1.1 200 OK\r\n", "\r\n", long]).isTooLarge)
  }

  @Test("bytes that are not UTF-8 are repaired, not trusted")
  func notUTF8() {
    var head = ReplyHead()
    _ = Array("HTTP/1.1 200 OK\r\n".utf8).withUnsafeBytes { head.receive($0) }
    _ = [0x41, 0x3A, 0xFF, 0xFE, 0x0D, 0x0A].map(UInt8.init).withUnsafeBytes { head.receive($0) }
    #expect(head.headers["a"] == "\u{FFFD}\u{FFFD}")
  }
}
