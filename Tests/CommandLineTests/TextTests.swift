// Hostile text, widths, tables, durations, suggestions.

import CommandLine
import Testing
import Wire

@Suite("Text for people")
struct TextTests {
  @Test(
    "text that could steer a terminal is written out",
    arguments: [
      ("plain", "plain"), ("é 日本 👍", "é 日本 👍"),
      ("\u{1b}[31mred\u{1b}[0m", #"\u{1b}[31mred\u{1b}[0m"#),
      ("\u{1b}]0;title\u{7}", #"\u{1b}]0;title\u{7}"#), ("a\nb", "a␤b"), ("a\r\nb", #"a\u{d}␤b"#),
      ("a\tb", #"a\u{9}b"#), ("\u{9b}2J", #"\u{9b}2J"#), ("\u{7f}", #"\u{7f}"#),
      ("gpj\u{202e}exe", #"gpj\u{202e}exe"#), ("\u{2066}x\u{2069}", #"\u{2066}x\u{2069}"#),
      ("\u{2028}", #"\u{2028}"#), ("a\u{200b}b", #"a\u{200b}b"#), ("\u{feff}", #"\u{feff}"#),
      ("\u{e0041}", #"\u{e0041}"#),
      ("e" + String(repeating: "\u{301}", count: 50), "e\u{301}\u{301}\u{301}\u{301}"),
      ("👩‍👩‍👧", "👩‍👩‍👧"),
    ])
  func escaping(_ text: String, _ shown: String) {
    #expect(Escaping.terminal(text).unicodeScalars.elementsEqual(shown.unicodeScalars))
  }

  @Test("no scalar from U+0000 to U+FFFF leaves a control character behind")
  func everyScalar() {
    for value in UInt32(0)...0xFFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      for shown in Escaping.terminal(String(scalar)).unicodeScalars {
        #expect(shown.properties.generalCategory != .control, "\(value)")
        #expect(!shown.properties.isBidiControl, "\(value)")
      }
    }
  }

  @Test(
    "display width counts columns",
    arguments: [
      ("abc", 3), ("", 0), ("é", 1), ("e\u{301}", 1), ("日本語", 6), ("한글", 4), ("ｆｕ", 4), ("👍", 2),
      ("👍🏽", 2), ("🇪🇪", 2), ("❤️", 2), ("…", 1), ("Привет", 6), ("␤", 1), ("\u{1112}\u{1161}", 2),
    ])
  func width(_ text: String, _ columns: Int) {
    #expect(DisplayWidth.columns(of: text) == columns)
  }

  @Test("a cut text fits and shows that it is cut, also in the middle of wide letters")
  func truncation() {
    #expect(DisplayWidth.truncate("abcdef", columns: 6) == "abcdef")
    #expect(DisplayWidth.truncate("abcdefg", columns: 6) == "abcde…")
    #expect(DisplayWidth.truncate("日本語", columns: 5) == "日本…")
    #expect(DisplayWidth.truncate("日本語", columns: 4) == "日…")
    #expect(DisplayWidth.truncate("日本語", columns: 1) == "…")
  }

  @Test("a table aligns, tones and fits 80 columns whatever its cells hold")
  func tableFits() {
    var table = TextTable([
      .init("JOB", min: 12), .init("STATE"), .init("HELD", .right), .init("ERROR", max: 300),
    ])
    table.append(["job-1", .init("succeeded", .good), "1,234.5", "\u{1b}[2Jboom\nnext line"])
    table.append([.init(String(repeating: "x", count: 128)), "日本語日本語", "0", "👍"])
    table.append(["", "", "", .init(String(repeating: "語", count: 5000), .bad)])
    for width in [20, 40, 80, 200] {
      for line in table.lines(width: width, style: Style(isOn: false)) {
        #expect(DisplayWidth.columns(of: line) <= width)
        #expect(!line.hasSuffix(" "))
        #expect(!line.unicodeScalars.contains("\u{1b}"))
      }
    }
    let plain = table.lines(width: 80, style: Style(isOn: false))
    #expect(plain.count == 4)
  }

  @Test("a small table looks like this")
  func goldenTable() {
    var table = TextTable([.init("JOB"), .init("HELD", .right), .init("STATE")])
    table.append(["job-1", "1,234.5", .init("succeeded", .good)])
    table.append(["job-22", "0", "日本"])
    #expect(
      table.lines(width: 80, style: Style(isOn: false)) == [
        "JOB        HELD  STATE",
        "job-1   1,234.5  succeeded",
        "job-22        0  日本",
      ])
    #expect(
      table.lines(width: 80, style: Style(isOn: true))[1]
        == "job-1   1,234.5  \u{1b}[32msucceeded\u{1b}[0m")
    #expect(
      table.lines(width: 18, style: Style(isOn: false)) == [
        "JOB    HELD  STATE", "job…  1,23…  succ…", "job…      0  日本",
      ])
  }

  @Test(
    "durations are one whole number and one unit",
    arguments: [
      ("250ms", 250), ("90s", 90_000), ("5m", 300_000), ("12h", 43_200_000), ("7d", 604_800_000),
      ("0s", 0), ("36500d", 3_153_600_000_000),
    ] as [(String, Int64)])
  func duration(_ text: String, _ milliseconds: Int64) {
    #expect(Duration(compact: text) == .milliseconds(milliseconds))
  }

  @Test(
    "anything else is no duration",
    arguments: [
      "", "7", "d", "-7d", "+7d", "1.5h", "7 d", "7D", "1h30m", "36501d", "9223372036854775807d",
      "999999999999999999999d", "７d", "7w",
    ])
  func noDuration(_ text: String) { #expect(Duration(compact: text) == nil) }

  @Test(
    "relative times read like speech",
    arguments: [
      (-180, "3 min ago"), (40, "in 40 s"), (0, "now"), (-7200, "2 h ago"),
      (-4800, "1 h 20 min ago"),
      (90, "in 1 min 30 s"), (-86_400 * 12, "12 d ago"), (-100_800, "1 d 4 h ago"),
    ])
  func relative(_ seconds: Int, _ text: String) {
    let now = Timestamp(microseconds: 1_800_000_000_000_000)
    #expect(Human.relative(now.advanced(seconds: Double(seconds)), now: now) == text)
  }

  @Test("relative times of absurd moments do not trap")
  func absurd() {
    let first = Timestamp(microseconds: .min)
    let last = Timestamp(microseconds: .max)
    #expect(Human.relative(last, now: first).hasPrefix("in "))
    #expect(!Human.relative(first, now: last).isEmpty)
  }

  @Test(
    "thousands are grouped, decimals and other text left alone",
    arguments: [
      ("0", "0"), ("999", "999"), ("1000", "1,000"), ("-1234567.250001", "-1,234,567.250001"),
      ("abc", "abc"), ("", ""), ("1e9", "1e9"),
    ])
  func grouping(_ text: String, _ shown: String) { #expect(Human.grouped(text) == shown) }

  @Test(
    "distances count edits and swaps of neighbours",
    arguments: [
      ("grant", "grant", 0), ("gramt", "grant", 1), ("garnt", "grant", 1), ("", "abc", 3),
      ("kitten", "sitting", 3), ("ca", "abc", 3),
    ])
  func distance(_ left: String, _ right: String, _ edits: Int) {
    #expect(Suggest.distance(left, right) == edits)
    #expect(Suggest.distance(right, left) == edits)
  }

  @Test("only near names are suggested")
  func suggestions() {
    let names = ["status", "submit", "statement", "grant"]
    #expect(Suggest.nearest(to: "stauts", among: names) == "status")
    #expect(Suggest.nearest(to: "gr", among: names) == "grant")
    #expect(Suggest.nearest(to: "st", among: names) == nil)
    #expect(Suggest.nearest(to: "banana", among: names) == nil)
    #expect(Suggest.nearest(to: String(repeating: "s", count: 1_000_000), among: names) == nil)
  }
}
