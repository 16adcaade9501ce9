// Lines passed on while a job runs: between processes, bounded, and gone when they are forgotten.

import Ledger
import Posix
import Support
import Testing
import Wire

@Suite("Live lines", .seeded) struct LiveTests {
  private let now = Timestamp("2026-11-21T09:30:00.5Z")!

  private func line(_ text: String, _ kind: LiveLine.Kind = .log) -> LiveLine {
    LiveLine(job: "j-1", kind, text, at: now)
  }

  @Test("a reader sees what is said after it began, in order; others see it too")
  func follow() throws {
    let place = try TemporaryHome()
    let early = LiveReader(place.home)
    #expect(early.next() == [])
    let relay = try LiveRelay(place.home)
    try relay.append([line("one")])
    let late = LiveReader(place.home)
    let lines = [line("zwei ☃"), line("denoise", .stage), line("0.5", .progress)]
    try relay.append(lines)
    #expect(early.next() == [line("one")] + lines && late.next() == lines)
    #expect(early.next() == [] && early.overruns == 0)
  }

  @Test("the ring wraps, at every size of line, without losing one that is read in time")
  func wraps() throws {
    let place = try TemporaryHome()
    let relay = try LiveRelay(place.home)
    let reader = LiveReader(place.home)
    var dice = Seed.generator(for: "live")
    for number in 0..<2000 {
      let text = "\(number) " + String(repeating: "x", count: .random(in: 0..<3000, using: &dice))
      try relay.append([line(text)])
      if number % 100 == 99 || number % 7 == 0 {
        let lines = reader.next()
        #expect(lines.last?.text == text)
      }
    }
    #expect(reader.overruns == 0)
  }

  @Test("a reader that is too slow knows that it missed something, and goes on")
  func overrun() throws {
    let place = try TemporaryHome()
    let relay = try LiveRelay(place.home)
    let reader = LiveReader(place.home)
    let long = String(repeating: "y", count: 4000)
    for _ in 0..<400 { try relay.append([line(long)]) }
    #expect(reader.next() == [] && reader.overruns == 1)
    try relay.append([line("after")])
    #expect(reader.next() == [line("after")])
  }

  @Test("a long text comes in pieces, cut between characters, nothing lost")
  func pieces() throws {
    let place = try TemporaryHome()
    let relay = try LiveRelay(place.home)
    let reader = LiveReader(place.home)
    let text = String(repeating: "👩‍🚀é", count: 2000)
    try relay.append([line(text)])
    let lines = reader.next()
    #expect(lines.count > 1 && lines.map(\.text).joined() == text)
    #expect(lines.allSatisfy { $0.text.utf8.count <= LiveLine.textBytesMax })
  }

  @Test("forgetting an account leaves no line in the file")
  func forgotten() throws {
    let place = try TemporaryHome()
    let books = try Books(place.home)
    _ = try books.append(
      Command(.grant(Grant(account: "acme", amount: Credits("1")!)), actor: .cli))
    let relay = try LiveRelay(place.home)
    let reader = LiveReader(place.home)
    try relay.append([line("canary-7531")])
    _ = try books.forget(account: "acme", reason: nil, actor: .cli, by: nil)
    let bytes = try #require(try FileSystem.read(place.home.live, limit: 4 << 20))
    #expect(!String(decoding: bytes, as: UTF8.self).contains("canary"))
    #expect(reader.next() == [])
    try relay.append([line("after")])
    #expect(reader.next() == [line("after")])
  }

  @Test("what is no ring, or is damaged, says nothing")
  func damage() throws {
    let place = try TemporaryHome()
    try FileSystem.replace(place.home.live, with: Array("not a ring at all, but long".utf8))
    let reader = LiveReader(place.home)
    #expect(reader.next() == [])
    let relay = try LiveRelay(place.home)
    try relay.append([line("one"), line("two")])
    var bytes = try #require(try FileSystem.read(place.home.live, limit: 4 << 20))
    bytes[4096 + 20] ^= 1
    try FileSystem.replace(place.home.live, with: bytes)
    let other = LiveReader(place.home)
    #expect(other.next() == [])
  }
}
