// The pure parts of streams: what is folded, and what of a growing log is new.

import Ledger
import Support
import Testing
import Wire

@testable import Poller
@testable import Providers

@Suite("Parts of streams", .seeded) struct StreamPartsTests {
  private let now = Timestamp("2026-11-21T09:30:00Z")!

  @Test("a growing log shows each line once, however it is cut")
  func cumulative() {
    var dice = Seed.generator(for: "log")
    let lines = (0..<300).map { "line \($0) of some length\n" }
    var cursor = LogCursor()
    var seen = ""
    var count = 0
    while count < lines.count {
      count = min(lines.count, count + Int.random(in: 0...9, using: &dice))
      let text = lines[..<count].joined()
      seen += cursor.new(in: LogText(text: text, isCumulative: true)) ?? ""
    }
    #expect(seen == lines.joined())
  }

  @Test("a log whose beginning was cut off goes on behind what was seen")
  func rotated() {
    var cursor = LogCursor()
    _ = cursor.new(in: LogText(text: "a\nb\nc\n", isCumulative: true))
    var tail = LogCursor()
    _ = tail.new(
      in: LogText(text: String(repeating: "z", count: 400) + "end\n", isCumulative: true))
    let rest = String(repeating: "z", count: 300) + "end\nnew\n"
    #expect(tail.new(in: LogText(text: rest, isCumulative: true)) == "new\n")
    #expect(cursor.new(in: LogText(text: "quite another", isCumulative: true)) == "quite another")
  }

  @Test("lines of a stream are known to the polls beside it")
  func mixed() {
    var cursor = LogCursor()
    #expect(cursor.new(in: LogText(text: "a\n", isCumulative: false)) == "a\n")
    #expect(cursor.new(in: LogText(text: "b\n", isCumulative: false)) == "b\n")
    #expect(cursor.new(in: LogText(text: "a\nb\nc\n", isCumulative: true)) == "c\n")
    #expect(cursor.new(in: LogText(text: "a\nb\nc\n", isCumulative: true)) == nil)
  }

  @Test("small steps wait, a percent or a stage is told, and not more often than every 2 s")
  func fold() {
    var fold = StreamFold(fraction: 500_000)
    #expect(fold.dueAt == nil && fold.isEmpty)
    fold.add(fraction: 505_000, stage: nil, queuePlace: nil, word: nil)
    #expect(fold.dueAt == nil)
    fold.add(fraction: 510_000, stage: nil, queuePlace: nil, word: nil)
    #expect(fold.dueAt.map { $0 <= now } == true)
    fold.settle(at: now)
    #expect(fold.dueAt == nil)
    fold.add(fraction: 400_000, stage: "upscale", queuePlace: nil, word: nil)
    #expect(fold.fraction == 510_000 && fold.newStage == "upscale")
    #expect(fold.dueAt == now.advanced(seconds: 2))
    fold.settle(at: now)
    fold.add(log: "one", at: now)
    #expect(fold.dueAt == now.advanced(seconds: 30) && !fold.isEmpty)
  }

  @Test("of a log without end the newest lines are kept, whole")
  func bounded() {
    var fold = StreamFold(fraction: nil)
    for number in 0..<20_000 { fold.add(log: "line \(number) ☃", at: now) }
    let text = String(decoding: fold.log, as: UTF8.self)
    #expect(fold.log.count <= StreamFold.logBytesMax && text.hasSuffix("line 19999 ☃\n"))
    #expect(text.hasPrefix("line ") && !text.contains("\u{FFFD}"))
  }
}
