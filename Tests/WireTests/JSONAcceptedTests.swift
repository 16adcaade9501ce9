// What RFC 8259 allows must be read, and read as what it says.

import Testing

import Wire

@Suite("JSON that must be accepted") struct JSONAcceptedTests {
  @Test("is read as the value it says", arguments: words + numbers + strings + structures)
  func accepted(_ sample: JSONSample) throws {
    let value = try #require(sample.value)
    #expect(try JSON(parsing: sample.bytes) == value)
  }

  static let words: [JSONSample] = [
    .init("null alone", "null", .null),
    .init("true alone", "true", .bool(true)),
    .init("false alone", "false", .bool(false)),
    .init("space before and after", " \t\r\n null \t\r\n ", .null),
    .init("a trailing newline", "true\n", .bool(true)),
  ]

  static let numbers: [JSONSample] = [
    .init("zero", "0", .number("0")),
    .init("minus zero", "-0", .number("-0")),
    .init("minus zero with a fraction", "-0.0", .number("-0.0")),
    .init("one digit", "7", .number("7")),
    .init("negative", "-123", .number("-123")),
    .init("trailing zeros of a fraction stay", "1.50", .number("1.50")),
    .init("fraction below one", "0.000001", .number("0.000001")),
    .init("exponent", "1e3", .number("1e3")),
    .init("capital exponent", "1E3", .number("1E3")),
    .init("exponent with plus", "1e+3", .number("1e+3")),
    .init("exponent with minus", "1E-3", .number("1E-3")),
    .init("exponent with leading zeros", "1e007", .number("1e007")),
    .init("zero with an exponent", "0e1", .number("0e1")),
    .init("fraction and exponent", "-12.34e-56", .number("-12.34e-56")),
    .init("Int64.max", "9223372036854775807", .number("9223372036854775807")),
    .init("Int64.min", "-9223372036854775808", .number("-9223372036854775808")),
    .init("beyond Int64", "17454220438242315174", .number("17454220438242315174")),
    .init("beyond UInt64", "18446744073709551616", .number("18446744073709551616")),
    .init(
      "forty digits", "1234567890123456789012345678901234567890",
      .number("1234567890123456789012345678901234567890")),
    .init("beyond Double", "1e400", .number("1e400")),
    .init("below Double", "1e-400", .number("1e-400")),
    .init(
      "more digits than a Double holds", "0.1234567890123456789",
      .number("0.1234567890123456789")),
    .init("in an array with spaces", "[ 1 , 2 ]", [1, 2]),
  ]

  static let strings: [JSONSample] = [
    .init("empty", #""""#, ""),
    .init("plain", #""abc""#, "abc"),
    .init("an escaped quote", #""a\"b""#, "a\"b"),
    .init("an escaped backslash", #""a\\b""#, "a\\b"),
    .init("an escaped slash", #""a\/b""#, "a/b"),
    .init("a bare slash", #""a/b""#, "a/b"),
    .init("backspace", #""\b""#, "\u{8}"),
    .init("form feed", #""\f""#, "\u{C}"),
    .init("newline", #""\n""#, "\n"),
    .init("carriage return", #""\r""#, "\r"),
    .init("tab", #""\t""#, "\t"),
    .init("all escapes in a row", #""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
    .init("an escaped NUL", #""\u0000""#, "\0"),
    .init("an escaped control character", #""\u001f""#, "\u{1F}"),
    .init("an escaped letter", #""\u0041""#, "A"),
    .init("lower-case digits", #""\u00e9""#, "\u{E9}"),
    .init("upper-case digits", #""\u00E9""#, "\u{E9}"),
    .init("a backslash that only looks like an escape", #""\\u0041""#, "\\u0041"),
    .init("a surrogate pair", #""\uD83D\uDE00""#, "\u{1F600}"),
    .init("the first pair", #""\uD800\uDC00""#, "\u{10000}"),
    .init("the last pair", #""\uDBFF\uDFFF""#, "\u{10FFFF}"),
    .init("two pairs", #""\ud83d\ude00\ud83d\ude01""#, "\u{1F600}\u{1F601}"),
    .init("just below the surrogates", #""\ud7ff""#, "\u{D7FF}"),
    .init("just above the surrogates", #""\ue000""#, "\u{E000}"),
    .init("an escaped noncharacter", #""\uffff""#, "\u{FFFF}"),
    .init("an escaped BOM inside", #""\ufeff""#, "\u{FEFF}"),
    .init("a raw BOM inside", "\"\u{FEFF}\"", "\u{FEFF}"),
    .init("a raw DEL", "\"\u{7F}\"", "\u{7F}"),
    .init("a raw C1 control", "\"\u{85}\"", "\u{85}"),
    .init("raw line separators", "\"\u{2028}\u{2029}\"", "\u{2028}\u{2029}"),
    .init("two bytes of UTF-8", quoted: [0xC3, 0xA9], "\u{E9}"),
    .init("the first of two bytes", quoted: [0xC2, 0x80], "\u{80}"),
    .init("the last of two bytes", quoted: [0xDF, 0xBF], "\u{7FF}"),
    .init("the first of three bytes", quoted: [0xE0, 0xA0, 0x80], "\u{800}"),
    .init("the last of three bytes", quoted: [0xEF, 0xBF, 0xBF], "\u{FFFF}"),
    .init("the first of four bytes", quoted: [0xF0, 0x90, 0x80, 0x80], "\u{10000}"),
    .init("the last of four bytes", quoted: [0xF4, 0x8F, 0xBF, 0xBF], "\u{10FFFF}"),
    .init("comment signs are text", #""/*//*/""#, "/*//*/"),
    .init("brackets are text", #""[{]}""#, "[{]}"),
  ]

  static let structures: [JSONSample] = [
    .init("an empty array", "[]", []),
    .init("an empty array with space", "[ \n ]", []),
    .init("an empty object", "{}", [:]),
    .init("an empty object with space", "{ \t }", [:]),
    .init("arrays in arrays", "[[],[[]]]", [[], [[]]]),
    .init(
      "every kind of value", #"[null,true,false,0,"",[],{}]"#,
      [nil, true, false, 0, "", [], [:]]),
    .init("no space between tokens", #"[1,"a",{"b":[]}]"#, [1, "a", ["b": []]]),
    .init("an empty name", #"{"":0}"#, ["": 0]),
    .init("an escaped name", #"{"\u0061\n":0}"#, ["a\n": 0]),
    .init("a name holding NUL", #"{"a\u0000b":0}"#, ["a\0b": 0]),
    .init("names that differ in case", #"{"a":1,"A":2}"#, ["a": 1, "A": 2]),
    .init(
      "names that differ only in Unicode normalisation", "{\"e\u{301}\":1,\"\u{E9}\":2}",
      ["e\u{301}": 1, "\u{E9}": 2]),
    .init("equal values under two names", #"{"a":1,"b":1}"#, ["a": 1, "b": 1]),
    .init("one name at two levels", #"{"a":{"a":1}}"#, ["a": ["a": 1]]),
    .init("space around every token", " { \"a\" : [ 1 , { } ] } ", ["a": [1, [:]]]),
  ]

  @Test("members keep the order they stood in")
  func order() throws {
    let names = try JSON(parsing: #"{"z":1,"a":2,"m":3}"#).object?.members.map(\.name)
    #expect(names == ["z", "a", "m"])
  }

  @Test("a large object keeps its members, in order, and may be searched")
  func largeObject() throws {
    let text = "{" + (0..<5_000).map { "\"k\($0)\":\($0)" }.joined(separator: ",") + "}"
    let value = try JSON(parsing: text)
    #expect(value.object?.members.count == 5_000)
    #expect(value.object?.members.map(\.name) == (0..<5_000).map { "k\($0)" })
    #expect(value["k4999"]?.int == 4_999)
  }
}
