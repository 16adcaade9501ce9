// Server-sent events against the WHATWG standard's own words, cut at every byte.

import Support
import Testing
import Wire

@Suite("Event streams", .seeded) struct EventStreamTests {
  private func read(_ text: String) throws -> [ServerSentEvent] {
    var parser = EventStreamParser()
    return try parser.feed(Array(text.utf8))
  }

  @Test("the examples of WHATWG HTML 9.2.6")
  func examples() throws {
    #expect(
      try read("data: YHOO\ndata: +2\ndata: 10\n\n") == [ServerSentEvent(data: "YHOO\n+2\n10")])
    #expect(
      try read(
        ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third\n")
        == [
          ServerSentEvent(data: "first event", id: "1"), ServerSentEvent(data: "second event"),
        ])
    #expect(
      try read("data\n\ndata\ndata\n\ndata:")
        == [ServerSentEvent(data: ""), ServerSentEvent(data: "\n")])
    #expect(try read("data:test\n\ndata: test\n\n") == [.init(data: "test"), .init(data: "test")])
  }

  @Test(
    "lines end with CR, LF or CRLF, and a byte order mark is no text",
    arguments: ["\n", "\r", "\r\n"])
  func lineEnds(_ end: String) throws {
    let text = "\u{FEFF}event: a\(end)data: 1\(end)data: 2\(end)\(end)data: 3\(end)\(end)"
    #expect(
      try read(text) == [ServerSentEvent(name: "a", data: "1\n2"), ServerSentEvent(data: "3")])
  }

  @Test("an event without data is none; its name does not stick, its id does")
  func noData() throws {
    var parser = EventStreamParser()
    #expect(
      try parser.feed(Array("event: a\nid: 7\n\ndata: x\n\n".utf8)) == [.init(data: "x", id: "7")])
    #expect(parser.lastEventID == "7")
  }

  @Test("an id counts once its event was dispatched; one with a NUL, or too long, never")
  func ids() throws {
    var parser = EventStreamParser()
    _ = try parser.feed(Array("id: 1\ndata: x\n".utf8))
    #expect(parser.lastEventID == "")
    _ = try parser.feed(
      Array("\nid: 2\u{0}\n\nid: \(String(repeating: "9", count: 1025))\n\n".utf8))
    #expect(parser.lastEventID == "1")
  }

  @Test("retry is a whole number of milliseconds, bounded")
  func retry() throws {
    var parser = EventStreamParser()
    _ = try parser.feed(Array("retry: 1500\nretry: -1\nretry: 2s\nretry:\n".utf8))
    #expect(parser.retryMilliseconds == 1500)
    _ = try parser.feed(Array("retry: 99999999999999999999999\n".utf8))
    #expect(parser.retryMilliseconds == EventStreamParser.retryMillisecondsMax)
  }

  @Test("comments and unknown fields are signs of life and nothing else")
  func comments() throws {
    var parser = EventStreamParser()
    #expect(try parser.feed(Array(": ping\nfoo: bar\ncolonless\n".utf8)) == [])
    #expect(parser.lines == 3)
  }

  @Test("a line and an event have a limit")
  func bounds() throws {
    var line = EventStreamParser(lineBytesMax: 10)
    #expect(throws: EventStreamError.lineTooLong) { _ = try line.feed(Array("data: 12345".utf8)) }
    var event = EventStreamParser(eventBytesMax: 6)
    #expect(throws: EventStreamError.eventTooLarge) {
      _ = try event.feed(Array("data: 123\ndata: 456\n".utf8))
    }
  }

  @Test("where the chunks are cut changes nothing: at every byte, and at random")
  func chunks() throws {
    let text =
      "\u{FEFF}: hello\r\nevent: log\r\nid: a\rdata: grün ☃ 👩‍🚀\r\n\r\nretry: 10\ndata:x\r\r"
      + "data: {\"a\":1}\n"
      + "data\n\n\n\nid\ndata: end\r\n\r\n"
    let bytes = Array(text.utf8)
    let whole = try read(text)
    #expect(whole.count == 4)
    for cut in 0...bytes.count {
      var parser = EventStreamParser()
      let parts = try parser.feed(bytes[..<cut]) + parser.feed(bytes[cut...])
      #expect(parts == whole, "cut at \(cut)")
    }
    var dice = Seed.generator(for: "chunks")
    for _ in 0..<200 {
      var parser = EventStreamParser()
      var rest = bytes[...]
      var events: [ServerSentEvent] = []
      while !rest.isEmpty {
        let piece = rest.prefix(Int.random(in: 0...5, using: &dice))
        events += try parser.feed(piece)
        rest = rest.dropFirst(piece.count)
      }
      #expect(events == whole)
    }
  }

  @Test("random bytes are read or refused, and never more than came")
  func noise() throws {
    var dice = Seed.generator(for: "noise")
    let pieces: [[UInt8]] = [
      Array("data".utf8), Array("id".utf8), Array(":".utf8), [0x0A], [0x0D], [0xFF, 0xC0], [0],
      Array("retry: 5".utf8), [0xEF, 0xBB, 0xBF],
    ]
    for _ in 0..<500 {
      let bytes = (0..<Int.random(in: 0..<60, using: &dice)).flatMap { _ in
        pieces.randomElement(using: &dice)!
      }
      var parser = EventStreamParser()
      let events = try parser.feed(bytes)
      #expect(events.count <= bytes.count { $0 == 0x0A || $0 == 0x0D })
    }
  }
}
